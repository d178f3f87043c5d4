"""Why a message was not delivered, and why a campaign paused itself, in people's words.

The names are Telegram's errors or the sender's own; one that is not known here is shown as it is.
"""

from __future__ import annotations

import re

from bot.words import Words

_TAIL = re.compile(r"_\d+$")  # FLOOD_WAIT_37
_SIGNED_OUT = re.compile(r"AUTH_KEY_.*|SESSION_.*|account_lost|signed_out")
_BANNED = re.compile(r"USER_DEACTIVATED.*|PHONE_NUMBER_BANNED|FROZEN_.*")
_NO_RIGHT = re.compile(r"CHAT_(WRITE|SEND|ADMIN).*|USER_BANNED_IN_CHANNEL|TOPIC_CLOSED")
_PAID = re.compile(r"PRIVACY_PREMIUM_REQUIRED|ALLOW_PAYMENT_REQUIRED.*")


def delivery_reason(_: Words, name: str) -> str:
    """The reason of a delivery that failed, was skipped or is unknown."""
    if _NO_RIGHT.fullmatch(name):
        return _("no right to write there")
    if _PAID.fullmatch(name):
        return _("only Premium accounts may write to them, or for money")
    words = {
        "": _("no reason given"),
        "USER_IS_BLOCKED": _("blocked us"),
        "YOU_BLOCKED_USER": _("the account blocks them"),
        "INPUT_USER_DEACTIVATED": _("account deleted"),
        "USERNAME_NOT_OCCUPIED": _("no such username"),
        "USERNAME_INVALID": _("no such username"),
        "PHONE_NOT_OCCUPIED": _("not on Telegram"),
        "USER_PRIVACY_RESTRICTED": _("their privacy settings refuse strangers"),
        "USER_IS_BOT": _("a bot"),
        "USER_ID_INVALID": _("no such person"),
        "PEER_ID_INVALID": _("the account has never met them"),
        "PEER_UNKNOWN": _("the account has never met them"),
        "CHANNEL_PRIVATE": _("a private channel"),
        "suppressed": _("on the stop list"),
        "same_person": _("the same person twice"),
        "unreachable": _("could not be reached before"),
        "account_lost": _("the account was signed out"),
        "expired": _("no answer in time"),
        "cancelled": _("the campaign was stopped"),
    }
    return words.get(name) or trouble(_, name)


def trouble(_: Words, name: str) -> str:
    """Why an account rests or a campaign paused itself."""
    if _SIGNED_OUT.fullmatch(name):
        return _("the account was signed out: connect it again")
    if _BANNED.fullmatch(name):
        return _("Telegram has closed or frozen the account")
    waiting = _("Telegram asked the account to wait")
    words = {
        "FLOOD_WAIT": waiting,
        "FLOOD_PREMIUM_WAIT": waiting,
        "account_resting": _("the account rests"),
        "PEER_FLOOD": _("Telegram limits the account"),
        "no_account": _("no account is ready to send"),
        "outage": _("Telegram cannot be reached"),
        "MESSAGE_TOO_LONG": _("the message is too long"),
        "MEDIA_CAPTION_TOO_LONG": _("the caption is too long"),
    }
    return words.get(name) or words.get(_TAIL.sub("", name)) or name
