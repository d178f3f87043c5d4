"""Names of RPC methods, the ways in which a call can end, and the encoding of its result."""

from __future__ import annotations

import re
import struct
from typing import Any

from telethon.errors import rpc_errors_dict, rpc_errors_re
from telethon.tl import functions, types

RPC_RESULT = 0xF35C6D01
VECTOR = struct.pack("<I", 0x1CB5C415)
TRUE, FALSE = struct.pack("<I", 0x997275B5), struct.pack("<I", 0xBC799737)

# Codes of errors that Telethon's list lacks; numbers are removed from the names.
OTHER_CODES = {
    "ALLOW_PAYMENT_REQUIRED_": 403,
    "CHAT_SEND_DOCS_FORBIDDEN": 403,
    "PRIVACY_PREMIUM_REQUIRED": 406,
}

WRAPPERS = (
    functions.InvokeWithLayerRequest,
    functions.InitConnectionRequest,
    functions.InvokeWithoutUpdatesRequest,
    functions.InvokeAfterMsgRequest,
    functions.InvokeAfterMsgsRequest,
)


class RpcFailure(Exception):
    """The call fails with this error; `code` and `name` as in core.telegram.org/api/errors."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(f"{code} {name}")
        self.code = code
        self.name = name


class ConnectionCut(Exception):
    """The connection must be aborted now; with an `answer`, after the first half of its frame."""

    def __init__(self, answer: Any = None) -> None:
        super().__init__("the connection is cut")
        self.answer = answer


class BlackHoled(Exception):
    """The connection must go silent, and be closed after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the connection is mute for {seconds} s")
        self.seconds = seconds


class Undecodable:
    """An answer that no client can parse: it begins with a constructor of no layer."""

    def __bytes__(self) -> bytes:
        return b"\xba\xad\xf0\x0d" * 4


def refuse(name: str) -> RpcFailure:
    """Return the failure of this name, with Telegram's code for it."""
    return RpcFailure(_code_of(name), name)


def _code_of(name: str) -> int:
    if (known := rpc_errors_dict.get(name)) is not None:
        return int(known.code)
    for pattern, numbered in rpc_errors_re:
        if re.fullmatch(pattern, name):
            return int(numbered.code)
    return OTHER_CODES.get(re.sub(r"\d+", "", name), 400)


def unwrap(request: Any) -> tuple[Any, bool]:
    """Return the request inside its wrappers, and whether invokeWithoutUpdates is among them."""
    silent = False
    while isinstance(request, WRAPPERS):
        silent = silent or isinstance(request, functions.InvokeWithoutUpdatesRequest)
        request = request.query
    return request, silent


def method_name(request: Any) -> str:
    """Return the TL name: "messages.sendMessage" for `functions.messages.SendMessageRequest`."""
    name = type(request).__name__.removesuffix("Request")
    *_, space = type(request).__module__.split(".")
    plain = name[0].lower() + name[1:]
    return plain if space == "functions" else f"{space}.{plain}"


def pack_result(msg_id: int, answer: Any) -> bytes:
    """Encode an rpc_result with a TL object, a bool, or a list of either."""
    return struct.pack("<Iq", RPC_RESULT, msg_id) + _pack(answer)


def pack_failure(msg_id: int, failure: RpcFailure) -> bytes:
    """Encode an rpc_result with an rpc_error."""
    return pack_result(msg_id, types.RpcError(failure.code, failure.name))


def _pack(answer: Any) -> bytes:
    if isinstance(answer, bool):
        return TRUE if answer else FALSE
    if isinstance(answer, list):
        return VECTOR + struct.pack("<i", len(answer)) + b"".join(map(_pack, answer))
    return bytes(answer)
