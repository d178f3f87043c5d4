"""Why a message was not delivered, and why a campaign paused itself, in people's words.

The names are Telegram's errors or the sender's own; one that is not known here is shown as it is.
"""

from __future__ import annotations

import re

from bot.ui.i18n import Translator

_UNCLASSIFIED = "unclassified:"


def delivery_reason(_: Translator, name: str) -> str:
    """The reason of a delivery that failed, was skipped or is unknown."""
    if name.startswith(_UNCLASSIFIED):
        return _("Telegram refused: {name}", name=name.removeprefix(_UNCLASSIFIED))
    words = {
        "": _("no reason given"),
        "USER_IS_BLOCKED": _("blocked us"),
        "YOU_BLOCKED_USER": _("the account blocks them"),
        "INPUT_USER_DEACTIVATED": _("account deleted"),
        "PHONE_NOT_OCCUPIED": _("not on Telegram"),
        "USER_PRIVACY_RESTRICTED": _("their privacy settings refuse strangers"),
        "USER_NOT_MUTUAL_CONTACT": _("their privacy settings refuse strangers"),
        "VOICE_MESSAGES_FORBIDDEN": _("they take no voice messages"),
        "USER_IS_BOT": _("a bot"),
        "CHANNEL_PRIVATE": _("a private channel"),
        "IDENTITY_MISMATCH": _("the username belongs to somebody else by now"),
        "suppressed": _("on the stop list"),
        "frequency": _("got another campaign's message shortly before"),
        "same_person": _("the same person twice"),
        "unreachable": _("could not be reached before"),
        "account_lost": _("the account was signed out"),
        "expired": _("no answer in time"),
        "cancelled": _("the campaign was stopped"),
    }
    return words.get(name) or _of_class(_, name) or trouble(_, name)


def _of_class(_: Translator, name: str) -> str | None:
    """Translator for many names at once."""
    classes = (
        (r"USERNAME_.*", _("no such username")),
        (r"PEER_ID_INVALID|PEER_UNKNOWN", _("the account has never met them")),
        (r"CHANNEL_INVALID|USER_ID_INVALID", _("no such person")),
        (
            r"CHAT_.*|CHANNEL_PUBLIC_GROUP_NA|USER_BANNED_IN_CHANNEL|TOPIC_.*",
            _("no right to write there"),
        ),
        (
            r"PRIVACY_PREMIUM_REQUIRED|ALLOW_PAYMENT_REQUIRED.*|BALANCE_TOO_LOW",
            _("only Premium accounts may write to them, or for money"),
        ),
    )
    return next((words for names, words in classes if re.fullmatch(names, name)), None)


def trouble(_: Translator, name: str) -> str:
    """Why an account rests or a campaign paused itself."""
    words = {
        "account_resting": _("the account rests"),
        "account_held": _(
            "Telegram made the account wait too often or too long; it waits for you in /accounts"
        ),
        "accounts_limited": _(
            "Telegram limits two accounts of this campaign: look at the message and the list"
        ),
        "PEER_FLOOD": _(
            "Telegram limits the account: it writes to nobody new for a day; ask @SpamBot why"
        ),
        "quiet_hours": _("quiet hours"),
        "cap_per_day": _("the account has sent all it may today"),
        "cap_first_per_day": _("the account has written to as many new people as it may today"),
        "cap_lookups_per_day": _("the account has looked up as many people as it may today"),
        "no_account": _("no account is ready to send"),
        "no_answer": _("Telegram does not answer the account"),
        "outage": _("Telegram cannot be reached"),
        "MESSAGE_TOO_LONG": _("the message is too long"),
        "MEDIA_CAPTION_TOO_LONG": _("the caption is too long"),
        "MESSAGE_EMPTY": _("the message is empty"),
        "UPDATE_APP_TO_LOGIN": _("Telegram wants a newer version of this program"),
        "many_refusals": _("more than 20% of the last 50 people could not be written to"),
        "many_blocks": _("more than 2% of the last 100 people blocked us or asked us to stop"),
        "many_unknown": _(
            "of more than 1% of the last 100 people nobody knows whether they got it"
        ),
        "content_refused": _("Telegram refused the words of three messages in a row"),
        "unknown_errors": _("Telegram refused three times in a row for a reason not known here"),
    }
    return words.get(name) or _trouble_of_class(_, name) or name


def _trouble_of_class(_: Translator, name: str) -> str | None:
    classes = (
        (r"FLOOD_(PREMIUM_)?WAIT_\d+", _("Telegram asked the account to wait")),
        (r"SLOWMODE_WAIT_\d+", _("that chat takes messages slowly")),
        (
            r"AUTH_KEY_.*|SESSION_.*|account_lost|signed_out",
            _("the account was signed out: connect it again"),
        ),
        (
            r"USER_DEACTIVATED.*|PHONE_NUMBER_BANNED|FROZEN_.*",
            _("Telegram has closed or frozen the account"),
        ),
        (
            r"RECAPTCHA_.*|.*_INTEGRITY|INTEGRITY_.*",
            _("Telegram wants a person to show that the account is theirs: open it on a phone"),
        ),
        (
            r"API_ID_.*|CONNECTION_API_ID_INVALID",
            _("Telegram refuses this program: check API_ID and API_HASH in the settings"),
        ),
        (r"FILE_.*|MEDIA_EMPTY", _("Telegram lost the file and does not take it again")),
        (
            r"MEDIA_.*|PHOTO_.*|IMAGE_.*|DOCUMENT_.*|WEBPAGE_.*|REQUEST_PAYLOAD_TOO_BIG",
            _("Telegram does not take the file of the message"),
        ),
        (r"ENTIT(Y|IES)_.*", _("Telegram does not take the formatting of the message")),
        (
            r"RANDOM_ID_.*|RPC_.*|TIMED?_?OUT|MSG_WAIT_.*|INTERDC_.*|WORKER_.*|NO_WORKERS_.*",
            _("Telegram has not answered clearly"),
        ),
    )
    return next((words for names, words in classes if re.fullmatch(names, name)), None)
