"""Replies of people to campaigns, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """One incoming private message, with the text of its latest edit.

    `said_at` and `edited_at` are by Telegram's clock, in whole seconds. `edited_at` None: not
    edited.
    """

    peer_id: int
    message_id: int
    text: str
    said_at: datetime
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedReply:
    """A reply that the current transaction acts on; `account_id` received it."""

    account_id: int
    peer_id: int
    message_id: int
    text: str


@dataclass(frozen=True, slots=True)
class UnclearReply:
    """A reply that may be an opt-out: an admin decides.

    `account_id` received it. `name` is from the contact lists. `phone` is complete: mask it before
    it is shown. `stops`: the decision that it is an opt-out; None while it is open.
    """

    id: int
    peer_id: int
    account_id: int
    text: str
    name: str | None
    username: str | None
    phone: str | None
    stops: bool | None


@dataclass(frozen=True, slots=True)
class OutdatedQuestion:
    """The message `message_id` of the bot, which shows an admin a text that was edited since."""

    reply_id: int
    admin_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class OptOutConfirmation:
    """A confirmation that is not sent yet, from the account that received the opt-out.

    `language` is "en" or "ru". `attempts` counts those that had no definite answer.
    """

    peer_id: int
    account_id: int
    language: str
    attempts: int
