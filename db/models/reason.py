"""Why a delivery ended, an account rests or a campaign paused: one name, stored as text.

A stored reason is one of four: a member of `Reason`, a member of `breaker.Breaker`, the name of an
error as Telegram wrote it, or `breaker.UNCLASSIFIED` with such a name behind it.
"""

from __future__ import annotations

import re
from enum import StrEnum, auto
from functools import cache


class Reason(StrEnum):
    """The product's own reasons. The values are in rows: a value is never changed."""

    # of a delivery
    SUPPRESSED = "suppressed"  # the recipient is on the stop list
    FREQUENCY = "frequency"  # the recipient got another campaign's message shortly before
    SAME_PERSON = "same_person"  # another delivery of the campaign reached the same person
    UNREACHABLE = "unreachable"  # an earlier campaign could not reach the contact
    IDENTITY_MISMATCH = "IDENTITY_MISMATCH"  # the contact's name is another person's by now
    TWO_PEOPLE = "two_people"  # the contact's names belong to two people
    SELF = "self"  # the contact is the account itself
    EXPIRED = "expired"  # in doubt for so long that Telegram cannot be asked any more
    CANCELLED = "cancelled"  # in doubt when the campaign was stopped
    CONFIRMED = "confirmed"  # was unknown, and an admin says that it arrived

    # of an account, or of a campaign that waits for one
    ACCOUNT_LOST = "account_lost"
    SIGNED_OUT = "signed_out"
    CANNOT_UNSEAL = "cannot_unseal"  # the stored session is damaged or another account's
    ACCOUNT_RESTING = "account_resting"
    ACCOUNT_HELD = "account_held"
    ACCOUNTS_LIMITED = "accounts_limited"  # two accounts of one campaign
    NO_ACCOUNT = "no_account"
    NO_ANSWER = "no_answer"
    CAP_PER_DAY = "cap_per_day"
    CAP_FIRST_PER_DAY = "cap_first_per_day"
    CAP_LOOKUPS_PER_DAY = "cap_lookups_per_day"
    LOOKUPS_WAIT = "lookups_wait"  # Telegram named a wait for the look-ups of the account

    ELSEWHERE = "elsewhere"  # another process holds the account's lease
    OTHER_SECRET_KEY = "other_secret_key"  # the session is sealed under another SECRET_KEY

    # of a campaign
    QUIET_HOURS = "quiet_hours"
    OUTAGE = "outage"
    EXPANSION_FAILED = "expansion_failed"  # its deliveries could not be written


class TelegramReason(StrEnum):
    """What an error of Telegram's means to an admin; several names may mean the same."""

    BLOCKED_US = auto()
    WE_BLOCKED_THEM = auto()
    DELETED_ACCOUNT = auto()
    NOT_ON_TELEGRAM = auto()
    PRIVACY = auto()
    NO_VOICE_MESSAGES = auto()
    BOT = auto()
    PRIVATE_CHANNEL = auto()
    NO_SUCH_USERNAME = auto()
    NEVER_MET = auto()
    NO_SUCH_PERSON = auto()
    NO_RIGHT_TO_WRITE = auto()
    PAID_MESSAGES = auto()
    PEER_FLOOD = auto()
    FLOOD_WAIT = auto()
    SLOW_MODE = auto()
    SIGNED_OUT = auto()
    CLOSED_ACCOUNT = auto()
    IDENTITY_CHECK = auto()
    BAD_API_ID = auto()
    OLD_PROGRAM = auto()
    TEXT_TOO_LONG = auto()
    CAPTION_TOO_LONG = auto()
    EMPTY_TEXT = auto()
    BAD_FORMATTING = auto()
    LOST_FILE = auto()
    BAD_FILE = auto()
    NO_CLEAR_ANSWER = auto()


# Looked up from the top. `*` stands for any characters, also none; `#` for a number.
# The names: https://core.telegram.org/api/errors
_NAMES: tuple[tuple[TelegramReason, str], ...] = (
    (TelegramReason.BLOCKED_US, "USER_IS_BLOCKED"),
    (TelegramReason.WE_BLOCKED_THEM, "YOU_BLOCKED_USER"),
    (TelegramReason.DELETED_ACCOUNT, "INPUT_USER_DEACTIVATED"),
    (TelegramReason.NOT_ON_TELEGRAM, "PHONE_NOT_OCCUPIED"),
    (TelegramReason.PRIVACY, "USER_PRIVACY_RESTRICTED USER_NOT_MUTUAL_CONTACT"),
    (TelegramReason.NO_VOICE_MESSAGES, "VOICE_MESSAGES_FORBIDDEN"),
    (TelegramReason.BOT, "USER_IS_BOT"),
    (TelegramReason.PRIVATE_CHANNEL, "CHANNEL_PRIVATE"),
    (TelegramReason.NO_SUCH_USERNAME, "USERNAME_*"),
    (TelegramReason.NEVER_MET, "PEER_ID_INVALID PEER_UNKNOWN"),
    (TelegramReason.NO_SUCH_PERSON, "CHANNEL_INVALID USER_ID_INVALID"),
    (
        TelegramReason.NO_RIGHT_TO_WRITE,
        "CHAT_* CHANNEL_PUBLIC_GROUP_NA USER_BANNED_IN_CHANNEL TOPIC_*",
    ),
    (
        TelegramReason.PAID_MESSAGES,
        "PRIVACY_PREMIUM_REQUIRED ALLOW_PAYMENT_REQUIRED* BALANCE_TOO_LOW",
    ),
    (TelegramReason.PEER_FLOOD, "PEER_FLOOD"),
    (TelegramReason.FLOOD_WAIT, "FLOOD_WAIT_# FLOOD_PREMIUM_WAIT_#"),
    (TelegramReason.SLOW_MODE, "SLOWMODE_WAIT_#"),
    (TelegramReason.SIGNED_OUT, "AUTH_KEY_* SESSION_*"),
    (TelegramReason.CLOSED_ACCOUNT, "USER_DEACTIVATED* PHONE_NUMBER_BANNED FROZEN_*"),
    (TelegramReason.IDENTITY_CHECK, "RECAPTCHA_* *_INTEGRITY INTEGRITY_*"),
    (TelegramReason.BAD_API_ID, "API_ID_* CONNECTION_API_ID_INVALID"),
    (TelegramReason.OLD_PROGRAM, "UPDATE_APP_TO_LOGIN"),
    (TelegramReason.TEXT_TOO_LONG, "MESSAGE_TOO_LONG"),
    (TelegramReason.CAPTION_TOO_LONG, "MEDIA_CAPTION_TOO_LONG"),
    (TelegramReason.EMPTY_TEXT, "MESSAGE_EMPTY"),
    (TelegramReason.BAD_FORMATTING, "ENTITY_* ENTITIES_*"),
    (TelegramReason.LOST_FILE, "FILE_* MEDIA_EMPTY"),
    (
        TelegramReason.BAD_FILE,
        "MEDIA_* PHOTO_* IMAGE_* DOCUMENT_* WEBPAGE_* REQUEST_PAYLOAD_TOO_BIG",
    ),
    (
        TelegramReason.NO_CLEAR_ANSWER,
        "RANDOM_ID_* RPC_* TIMEOUT TIMEDOUT TIMED_OUT MSG_WAIT_* INTERDC_* WORKER_* NO_WORKERS_*"
        " USER_MIGRATE_#",
    ),
)


def telegram_reason(name: str) -> TelegramReason | None:
    """Return what Telegram's error `name` ("FLOOD_WAIT_37") means; None when it is not listed."""
    return next((reason for reason, names in _compiled() if names.fullmatch(name)), None)


@cache
def _compiled() -> list[tuple[TelegramReason, re.Pattern[str]]]:
    return [
        (reason, re.compile("|".join(map(_pattern, names.split())))) for reason, names in _NAMES
    ]


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\*", ".*").replace(r"\#", r"\d+")
