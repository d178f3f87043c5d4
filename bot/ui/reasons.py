"""The words for a stored reason: why a message was not delivered, why a campaign paused itself.

Each of the three tables has every member of its enum: tests/unit/bot/test_reasons.py.
"""

from __future__ import annotations

from bot.ui.i18n import Translator
from db.models.breaker import UNCLASSIFIED, Breaker
from db.models.reason import Reason, TelegramReason, telegram_reason

_OWN, _BREAKERS = frozenset(Reason), frozenset(Breaker)


def delivery_reason(_: Translator, name: str) -> str:
    """Return why a delivery failed, was skipped or is unknown; "" stands for no reason."""
    if not name:
        return _("no reason given")
    if name == Reason.ACCOUNT_LOST:
        return _("the account was signed out")
    return trouble(_, name)


def trouble(_: Translator, name: str) -> str:
    """Return why an account rests or a campaign paused itself.

    A name that is not known here is returned as it is.
    """
    if name.startswith(UNCLASSIFIED):
        return _("Telegram refused: {name}", name=name.removeprefix(UNCLASSIFIED))
    if name in _OWN:
        return _own(_, Reason(name))
    if name in _BREAKERS:
        return _of_breaker(_, Breaker(name))
    reason = telegram_reason(name)
    return name if reason is None else _of_telegram(_, reason)


def _own(_: Translator, reason: Reason) -> str:
    words = {
        Reason.SUPPRESSED: _("on the stop list"),
        Reason.FREQUENCY: _("got another campaign's message shortly before"),
        Reason.SAME_PERSON: _("the same person twice"),
        Reason.UNREACHABLE: _("could not be reached before"),
        Reason.IDENTITY_MISMATCH: _("the number or username belongs to somebody else by now"),
        Reason.TWO_PEOPLE: _("its number, username and id belong to different people"),
        Reason.SELF: _("the account itself"),
        Reason.EXPIRED: _("no answer in time"),
        Reason.CANCELLED: _("the campaign was stopped"),
        Reason.CONFIRMED: _("an admin says that it arrived"),
        Reason.ACCOUNT_LOST: _("the account was signed out: connect it again"),
        Reason.SIGNED_OUT: _("the account was signed out: connect it again"),
        Reason.CANNOT_UNSEAL: _("its stored session is damaged: connect it again"),
        Reason.OTHER_SECRET_KEY: _(
            "its session is sealed under another SECRET_KEY: put the old one back"
        ),
        Reason.ELSEWHERE: _("another process uses the account"),
        Reason.ACCOUNT_RESTING: _("the account rests"),
        Reason.ACCOUNT_HELD: _(
            "Telegram made the account wait too often or too long; it waits for you in /accounts"
        ),
        Reason.ACCOUNTS_LIMITED: _(
            "Telegram limits two accounts of this campaign: look at the message and the list"
        ),
        Reason.NO_ACCOUNT: _("no account is ready to send"),
        Reason.NO_ANSWER: _("Telegram does not answer the account"),
        Reason.CAP_PER_DAY: _("the account has sent all it may today"),
        Reason.CAP_FIRST_PER_DAY: _(
            "the account has written to as many new people as it may today"
        ),
        Reason.CAP_LOOKUPS_PER_DAY: _("the account has looked up as many people as it may today"),
        Reason.LOOKUPS_WAIT: _("Telegram asked the account to look up nobody for a while"),
        Reason.EXPANSION_FAILED: _("its messages could not be prepared; resume it to try again"),
        Reason.QUIET_HOURS: _("quiet hours"),
        Reason.OUTAGE: _("Telegram cannot be reached"),
    }
    return words[reason]


def _of_breaker(_: Translator, breaker: Breaker) -> str:
    words = {
        Breaker.REFUSALS: _("more than 20% of the last 50 people could not be written to"),
        Breaker.BLOCKS: _("more than 2% of the last 100 people blocked us or asked us to stop"),
        Breaker.UNKNOWN: _(
            "of more than 1% of the last 100 people nobody knows whether they got it"
        ),
        Breaker.CONTENT: _("Telegram refused the words of three messages in a row"),
        Breaker.UNCLASSIFIED: _(
            "Telegram refused three times in a row for a reason not known here"
        ),
    }
    return words[breaker]


def _of_telegram(_: Translator, reason: TelegramReason) -> str:
    words = {
        TelegramReason.BLOCKED_US: _("blocked us"),
        TelegramReason.WE_BLOCKED_THEM: _("the account blocks them"),
        TelegramReason.DELETED_ACCOUNT: _("account deleted"),
        TelegramReason.NOT_ON_TELEGRAM: _("not on Telegram"),
        TelegramReason.PRIVACY: _("their privacy settings refuse strangers"),
        TelegramReason.NO_VOICE_MESSAGES: _("they take no voice messages"),
        TelegramReason.BOT: _("a bot"),
        TelegramReason.PRIVATE_CHANNEL: _("a private channel"),
        TelegramReason.NO_SUCH_USERNAME: _("no such username"),
        TelegramReason.NEVER_MET: _("the account has never met them"),
        TelegramReason.NO_SUCH_PERSON: _("no such person"),
        TelegramReason.NO_RIGHT_TO_WRITE: _("no right to write there"),
        TelegramReason.PAID_MESSAGES: _("only Premium accounts may write to them, or for money"),
        TelegramReason.PEER_FLOOD: _(
            "Telegram limits the account: it writes to nobody new for a day; ask @SpamBot why"
        ),
        TelegramReason.FLOOD_WAIT: _("Telegram asked the account to wait"),
        TelegramReason.SLOW_MODE: _("that chat takes messages slowly"),
        TelegramReason.SIGNED_OUT: _("the account was signed out: connect it again"),
        TelegramReason.CLOSED_ACCOUNT: _("Telegram has closed or frozen the account"),
        TelegramReason.IDENTITY_CHECK: _(
            "Telegram wants a person to show that the account is theirs: open it on a phone"
        ),
        TelegramReason.BAD_API_ID: _(
            "Telegram refuses this program: check API_ID and API_HASH in the settings"
        ),
        TelegramReason.OLD_PROGRAM: _("Telegram wants a newer version of this program"),
        TelegramReason.TEXT_TOO_LONG: _("the message is too long"),
        TelegramReason.CAPTION_TOO_LONG: _("the caption is too long"),
        TelegramReason.EMPTY_TEXT: _("the message is empty"),
        TelegramReason.BAD_FORMATTING: _("Telegram does not take the formatting of the message"),
        TelegramReason.LOST_FILE: _("Telegram lost the file and does not take it again"),
        TelegramReason.BAD_FILE: _("Telegram does not take the file of the message"),
        TelegramReason.NO_CLEAR_ANSWER: _("Telegram has not answered clearly"),
    }
    return words[reason]
