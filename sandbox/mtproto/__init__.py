"""MTProto over TCP, from the socket to a parsed call; one module for each stage of a packet's path.

`listener` accepts connections, `framing` splits the stream into packets, `handshake` creates
authorization keys, `cipher` encrypts and decrypts, `session` separates service messages from calls,
and `calls` encodes their answers. An `Answerer`, given to the listener, implements the methods.
"""

from sandbox.mtproto.calls import BlackHoled, ConnectionCut, RpcFailure, Undecodable, refuse
from sandbox.mtproto.keys import AuthKeys, Credential, ServerKey
from sandbox.mtproto.listener import Connection, Listener
from sandbox.mtproto.session import Answerer, Call, Session

__all__ = [
    "Answerer",
    "AuthKeys",
    "BlackHoled",
    "Call",
    "Connection",
    "ConnectionCut",
    "Credential",
    "Listener",
    "RpcFailure",
    "ServerKey",
    "Session",
    "Undecodable",
    "refuse",
]
