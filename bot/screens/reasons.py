"""Why a message was not delivered, and why a campaign paused itself, in people's words.

The names are Telegram's errors or the sender's own; one that is not known here is shown as it is.
"""

from __future__ import annotations

import re

from bot.words import Words

_SECONDS = re.compile(r"_\d+$")


def delivery_reason(_: Words, name: str) -> str:
    """The reason of a delivery that failed, was skipped or is unknown."""
    words = {
        "": _("no reason given"),
        "USER_IS_BLOCKED": _("blocked us"),
        "YOU_BLOCKED_USER": _("the account blocks them"),
        "INPUT_USER_DEACTIVATED": _("account deleted"),
        "USER_DEACTIVATED": _("account deleted"),
        "USERNAME_NOT_OCCUPIED": _("no such username"),
        "USERNAME_INVALID": _("no such username"),
        "PHONE_NOT_OCCUPIED": _("not on Telegram"),
        "USER_PRIVACY_RESTRICTED": _("their privacy settings refuse strangers"),
        "PRIVACY_PREMIUM_REQUIRED": _("only Premium accounts may write to them"),
        "USER_IS_BOT": _("a bot"),
        "USER_ID_INVALID": _("no such person"),
        "PEER_ID_INVALID": _("the account has never met them"),
        "PEER_FLOOD": _("Telegram limits the account"),
        "CHAT_WRITE_FORBIDDEN": _("no right to write there"),
        "CHANNEL_PRIVATE": _("a private channel"),
        "MESSAGE_TOO_LONG": _("the message is too long"),
        "MEDIA_CAPTION_TOO_LONG": _("the caption is too long"),
        "suppressed": _("on the stop list"),
        "same_person": _("the same person twice"),
        "unreachable": _("cannot be found"),
        "not_found": _("cannot be found"),
        "account_lost": _("the account was signed out"),
        "retry_limit": _("tried as often as allowed"),
        "expired": _("no answer in time"),
    }
    return words.get(name) or words.get(_SECONDS.sub("", name)) or name


def pause_reason(_: Words, name: str) -> str:
    """Why a campaign paused itself."""
    words = {
        "FLOOD_WAIT": _("Telegram asked the account to wait"),
        "flood": _("Telegram asked the account to wait"),
        "PEER_FLOOD": _("Telegram limits the account"),
        "account_limited": _("Telegram limits the account"),
        "account_lost": _("the account was signed out: connect it again"),
        "account_resting": _("the account rests"),
        "no_account": _("no account is ready to send"),
        "content": _("Telegram refuses the message itself"),
        "MESSAGE_TOO_LONG": _("the message is too long"),
        "MEDIA_CAPTION_TOO_LONG": _("the caption is too long"),
        "outage": _("Telegram cannot be reached"),
    }
    return words.get(name) or words.get(_SECONDS.sub("", name)) or name
