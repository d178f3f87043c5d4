"""Telegram's errors → outcomes: one table of names, nothing decided by a library's classes.

Telethon files an error by its code (any unmapped 406 becomes an AuthKeyError, a new 400 a plain
BadRequestError), so only the name that Telegram wrote is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from telethon.errors import AuthKeyNotFound, InvalidBufferError, RPCError
from telethon.errors.rpcerrorlist import rpc_errors_dict, rpc_errors_re

from sender.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    BadContent,
    Outcome,
    Refused,
    Retry,
    StaleMedia,
    StalePeer,
    Unreachable,
    Wait,
)

_NAMES = {error: name.upper() for name, error in rpc_errors_dict.items()}
_PATTERNS = {error: pattern for pattern, error in rpc_errors_re}
_SECONDS = re.compile(r"(?:FLOOD_WAIT|FLOOD_PREMIUM_WAIT|SLOWMODE_WAIT)_(\d+)")

# The first pattern that matches the whole name decides.
TABLE: tuple[tuple[str, Callable[[str], Outcome]], ...] = (
    (r"RANDOM_ID_DUPLICATE|RPC_CALL_FAIL|RPC_MCGET_FAIL|TIMED?_?OUT|MSG_WAIT_FAILED", Ambiguous),
    (r"INTERDC_\d+_CALL(_RICH)?_ERROR|WORKER_BUSY_TOO_LONG_RETRY|NO_WORKERS_RUNNING", Ambiguous),
    (r"PEER_FLOOD", AccountLimited),
    (r"AUTH_KEY_.*|SESSION_.*|USER_DEACTIVATED.*|PHONE_NUMBER_BANNED|FROZEN_.*", AccountLost),
    (r"RECAPTCHA_.*|.*_INTEGRITY|API_ID_.*|UPDATE_APP_TO_LOGIN", AccountLost),
    (r"USERNAME_(INVALID|NOT_OCCUPIED)|PHONE_NOT_OCCUPIED|PEER_UNKNOWN", Unreachable),
    (r"PEER_ID_INVALID|CHANNEL_INVALID|USER_ID_INVALID", StalePeer),
    (r"FILE_REFERENCE_.*|FILE_PARTS?_.*|MEDIA_EMPTY", StaleMedia),
    (r"MESSAGE_(TOO_LONG|EMPTY)|MEDIA_.*|PHOTO_.*|DOCUMENT_INVALID", BadContent),
    (r"ENTIT(Y|IES)_.*|REQUEST_PAYLOAD_TOO_BIG", BadContent),
)
OPT_OUTS = frozenset({"USER_IS_BLOCKED"})
PERMANENT = frozenset(
    {"INPUT_USER_DEACTIVATED", "USERNAME_INVALID", "USERNAME_NOT_OCCUPIED", "USER_IS_BOT"}
)
_COMPILED = tuple((re.compile(pattern), kind) for pattern, kind in TABLE)


def outcome_of(name: str, code: int = 400) -> Outcome:
    """What an error's name ("FLOOD_WAIT_37") means for this attempt.

    `code` decides only where the name is not known: 5xx is ambiguous, 4xx a refusal that keeps
    its name.
    """
    if match := _SECONDS.fullmatch(name):
        return Wait(int(match[1]), name, one_chat=name.startswith("SLOWMODE"))
    kind = next((kind for pattern, kind in _COMPILED if pattern.fullmatch(name)), None)
    if kind is Unreachable:
        return Unreachable(name, permanent=name in PERMANENT)
    if kind is not None:
        return kind(name)
    if abs(code) >= 500:
        return Ambiguous(name)
    if abs(code) in (303, 420):
        return Retry(name)
    return Refused(name, opted_out=name in OPT_OUTS, permanent=name in PERMANENT)


def outcome_of_exception(error: BaseException) -> Outcome:
    """What a failed call means. Whatever is not Telegram's word leaves the call in doubt."""
    if isinstance(error, RPCError):
        return outcome_of(name_of(error), error.code or 400)
    if isinstance(error, AuthKeyNotFound):
        return AccountLost("AUTH_KEY_NOT_FOUND")
    if isinstance(error, InvalidBufferError) and error.code == 404:
        return AccountLost("AUTH_KEY_NOT_FOUND")
    return Ambiguous(type(error).__name__, client_failed=True)


def name_of(error: RPCError) -> str:
    """The name as Telegram wrote it; Telethon keeps it for errors it does not know only."""
    kind = type(error)
    if kind in _NAMES:
        return str(_NAMES[kind])
    if kind in _PATTERNS:
        number = next((v for k, v in vars(error).items() if k not in ("request",)), "")
        return re.sub(r"\(\\d\+\)", str(number), _PATTERNS[kind])
    return str(error.message or kind.__name__).upper().replace(" ", "_")
