"""MTProto over TCP, from the socket to a parsed call, in files named after a packet's path.

`listener` accepts, `framing` cuts the stream into packets, `handshake` makes an authorization
key, `cipher` opens what is encrypted under one, `session` sorts service messages from calls, and
`calls` packs their answers. What the calls mean is not known here: whoever starts
the listener brings an `Answerer`.
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
