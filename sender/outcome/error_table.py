"""The error table: which outcome each of Telegram's errors is (core.telegram.org/api/errors).

The first row that lists a name counts. `*` stands for any characters, `#` for a number. A name in
no row is classified by its code: 5xx is Ambiguous, 303 and 420 are Retry, others are Unclassified.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sender.outcome.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    BadContent,
    Misconfigured,
    Moved,
    Outcome,
    Refused,
    Retry,
    StaleMedia,
    StalePeer,
    Unclassified,
    Unreachable,
    Wait,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One class of errors: their names, and the outcome of a call that such an error answers."""

    title: str
    names: tuple[str, ...]
    outcome: Callable[[str], Outcome]


def _row(title: str, names: str, outcome: Callable[[str], Outcome]) -> Row:
    return Row(title, tuple(names.split()), outcome)


def _seconds(name: str) -> int:
    return int(name.rpartition("_")[2])


TABLE = (
    _row(
        "ambiguous",
        "RANDOM_ID_DUPLICATE RPC_CALL_FAIL RPC_MCGET_FAIL TIMEOUT TIMEDOUT TIMED_OUT"
        " MSG_WAIT_FAILED MSG_WAIT_TIMEOUT INTERDC_#_CALL_ERROR INTERDC_#_CALL_RICH_ERROR"
        " WORKER_BUSY_TOO_LONG_RETRY NO_WORKERS_RUNNING",
        Ambiguous,
    ),
    _row("wait", "FLOOD_WAIT_# FLOOD_PREMIUM_WAIT_#", lambda name: Wait(_seconds(name), name)),
    _row(
        "chat wait",
        "SLOWMODE_WAIT_#",
        lambda name: Wait(_seconds(name), name, one_chat=True),
    ),
    _row("limited", "PEER_FLOOD", AccountLimited),
    _row(
        "needs a person",
        "AUTH_KEY_* SESSION_* USER_DEACTIVATED USER_DEACTIVATED_BAN PHONE_NUMBER_BANNED FROZEN_*"
        " RECAPTCHA_* *_INTEGRITY INTEGRITY_*",
        AccountLost,
    ),
    _row("moved", "USER_MIGRATE_#", Moved),
    _row("config", "API_ID_* CONNECTION_API_ID_INVALID UPDATE_APP_TO_LOGIN", Misconfigured),
    _row("opt-out", "USER_IS_BLOCKED", lambda name: Refused(name, opted_out=True)),
    _row(
        "skip permanently",
        "INPUT_USER_DEACTIVATED USER_IS_BOT",
        lambda name: Refused(name, permanent=True),
    ),
    _row(
        "no such username",
        "USERNAME_INVALID USERNAME_NOT_OCCUPIED",
        lambda name: Unreachable(name, permanent=True),
    ),
    _row("no such number", "PHONE_NOT_OCCUPIED PEER_UNKNOWN", Unreachable),
    _row(
        "skip",
        "USER_PRIVACY_RESTRICTED PRIVACY_PREMIUM_REQUIRED ALLOW_PAYMENT_REQUIRED"
        " ALLOW_PAYMENT_REQUIRED_# BALANCE_TOO_LOW YOU_BLOCKED_USER USER_NOT_MUTUAL_CONTACT"
        " VOICE_MESSAGES_FORBIDDEN",
        Refused,
    ),
    _row(
        "skip chat",
        "CHAT_WRITE_FORBIDDEN CHAT_GUEST_SEND_FORBIDDEN CHAT_SEND_*_FORBIDDEN CHAT_ADMIN_REQUIRED"
        " CHAT_RESTRICTED CHANNEL_PRIVATE CHANNEL_PUBLIC_GROUP_NA USER_BANNED_IN_CHANNEL"
        " TOPIC_CLOSED TOPIC_DELETED",
        Refused,
    ),
    _row("peer cache", "PEER_ID_INVALID CHANNEL_INVALID USER_ID_INVALID", StalePeer),
    _row("media", "FILE_REFERENCE_* FILE_PART_* FILE_PARTS_* MEDIA_EMPTY", StaleMedia),
    _row(
        "content of a text",
        "MESSAGE_TOO_LONG MESSAGE_EMPTY MEDIA_CAPTION_TOO_LONG ENTITY_* ENTITIES_*"
        " REQUEST_PAYLOAD_TOO_BIG",
        BadContent,
    ),
    _row(
        "content of a file",
        "MEDIA_* PHOTO_* IMAGE_PROCESS_FAILED DOCUMENT_INVALID WEBPAGE_*",
        lambda name: BadContent(name, of_file=True),
    ),
)


def outcome_of(name: str, code: int = 400) -> Outcome:
    """Return the outcome of an error, by its name ("FLOOD_WAIT_37"), else by its `code`."""
    if (row := find_row(name)) is not None:
        return row.outcome(name)
    if abs(code) >= 500:
        return Ambiguous(name)
    if abs(code) in (303, 420):
        return Retry(name)
    return Unclassified(name)


def find_row(name: str) -> Row | None:
    """Return the row that lists this name; None for an unlisted name."""
    return next((row for names, row in _compiled() if names.fullmatch(name)), None)


@cache
def _compiled() -> list[tuple[re.Pattern[str], Row]]:
    return [(re.compile("|".join(map(_pattern, row.names))), row) for row in TABLE]


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\*", ".+").replace(r"\#", r"\d+")
