"""Translates Telethon's exceptions into outcomes, by the error table.

Telethon chooses the class of an error that it does not know by the code: a 406 becomes an
AuthKeyError, a 400 a BadRequestError. So only the name that Telegram wrote is used.
"""

from __future__ import annotations

import re

from telethon.errors import AuthKeyNotFound, InvalidBufferError, RPCError
from telethon.errors.rpcerrorlist import rpc_errors_dict, rpc_errors_re

from sender.outcome.error_table import outcome_of
from sender.outcome.outcome import AccountLost, Ambiguous, CallFailed, Outcome

_NAMES = {error: name.upper() for name, error in rpc_errors_dict.items()}
_PATTERNS = {error: pattern for pattern, error in rpc_errors_re}


def outcome_of_exception(error: BaseException) -> Outcome:
    """Return the outcome of a failed call; Ambiguous for an error that Telegram did not send."""
    if isinstance(error, CallFailed):
        return error.outcome
    if isinstance(error, RPCError):
        return outcome_of(name_of(error), error.code or 400)
    if isinstance(error, AuthKeyNotFound):
        return AccountLost("AUTH_KEY_NOT_FOUND")
    if isinstance(error, InvalidBufferError) and error.code == 404:
        return AccountLost("AUTH_KEY_NOT_FOUND")
    return Ambiguous(type(error).__name__, client_failed=True)


def name_of(error: RPCError) -> str:
    """Return the name as Telegram wrote it, which Telethon keeps for unknown errors only."""
    kind = type(error)
    if kind in _NAMES:
        return str(_NAMES[kind])
    if kind in _PATTERNS:
        number = next((v for k, v in vars(error).items() if k not in ("request",)), "")
        return re.sub(r"\(\\d\+\)", str(number), _PATTERNS[kind])
    return str(error.message or kind.__name__).upper().replace(" ", "_")
