"""The accounts that send: all of them, and one with its caps."""

from __future__ import annotations

from datetime import datetime

from bot.accounts.presses import AskCaps, ReleaseAccount
from bot.ui.formatting import account_state, masked, named, plain, short
from bot.ui.i18n import Translator
from bot.ui.navigation import AskGathering, OpenAccount, OpenAccounts
from bot.ui.pager import Page, turns
from bot.ui.reasons import trouble
from bot.ui.screen import Key, Screen, back, home
from db.models.account import Account, AccountHistory, AccountStatus
from db.models.admin import Admin, Right
from db.models.caps import Budget, Caps
from db.models.reason import Reason

PAGE_SIZE = 5

_SIGNS = {
    AccountStatus.ACTIVE: "●",
    AccountStatus.RESTING: "◷",
    AccountStatus.LIMITED: "◷",
    AccountStatus.HELD: "‖",
    AccountStatus.LOST: "✕",
    AccountStatus.DISABLED: "○",
}


def accounts(_: Translator, page: Page[Account], now: datetime) -> Screen:
    """List the accounts of one page, and say how to connect another."""
    how = _(
        "To connect one, run this on the server's console and follow it:\n"
        "<code>predlagator login</code>"
    )
    if page.is_empty_list:
        what = _(
            "<b>Accounts</b>\nNone yet. Messages are sent by a Telegram account of yours, "
            "as a person would send them."
        )
        return Screen(f"{what}\n\n{how}", ((home(_),),))
    lines = [_("<b>Accounts</b>"), *(_line(_, one, now) for one in page.items), "", how]
    rows = [(Key(short(one.name), OpenAccount(one.id)),) for one in page.items]
    return Screen("\n".join(lines), (*rows, (*turns(_, page, OpenAccounts), home(_))))


def account(_: Translator, admin: Admin, found: Account, budget: Budget) -> Screen:
    """Show the account's state, what it did today and what it may do."""
    caps = budget.caps
    lines = [
        _line(_, found, budget.now),
        "",
        _(
            "Today: {messages} of {per_day} messages, {first} of {first_per_day} to new people, "
            "{lookups} of {lookups_per_day} names and numbers looked up.",
            messages=budget.messages_today,
            per_day=caps.per_day,
            first=budget.first_today,
            first_per_day=caps.first_per_day,
            lookups=budget.lookups_today,
            lookups_per_day=caps.lookups_per_day,
        ),
        _(
            "At most {n} a minute; {seconds} s between new people, {lookup} s between names and "
            "numbers looked up.",
            n=caps.per_minute,
            seconds=caps.first_apart_seconds,
            lookup=caps.lookup_apart_seconds,
        ),
    ]
    if budget.floods:
        lines.append(_("Telegram asked it to wait within the last hour: it writes more slowly."))
    keys = [(Key(_("Change the caps"), AskCaps(found.id)),)]
    if admin.may(Right.BUILD):
        keys.append((Key(_("People who wrote to us"), AskGathering(found.id)),))
    if found.status is AccountStatus.HELD:
        keys.insert(0, (Key(_("Let it go on"), ReleaseAccount(found.id), "success"),))
    return Screen("\n".join(lines), (*keys, (back(_, OpenAccounts()),)))


def happened(_: Translator, event: AccountHistory) -> Screen:
    """Notify an admin that an account needs a person's attention."""
    reason = Reason.ACCOUNT_HELD if event.status is AccountStatus.HELD else event.reason or ""
    why = trouble(_, reason)
    sign = _SIGNS[event.status]
    text = (
        _("{sign} Account <b>{name}</b>: {reason}.", sign=sign, name=event.name, reason=why)
        if event.status is AccountStatus.LIMITED
        else _(
            "{sign} Account <b>{name}</b> sends nothing now. Why: {reason}.",
            sign=sign,
            name=event.name,
            reason=why,
        )
    )
    return Screen(text, ((Key(_("Show"), OpenAccount(event.account_id)),),))


def ask_caps(_: Translator, account_id: int, caps: Caps, *, refused: bool = False) -> Screen:
    """Ask for six numbers. `refused`: what was typed before were not six numbers."""
    numbers = " ".join(str(getattr(caps, name)) for name in Caps.__slots__)
    text = _(
        "Type six numbers: messages a minute, messages a day, new people a day, seconds between "
        "new people, names and numbers looked up a day, seconds between two of them.\n"
        "Now: <code>{numbers}</code>. The more of them, the sooner Telegram limits an account.",
        numbers=numbers,
    )
    if refused:
        text = _("That is not six numbers.") + "\n" + text
    return Screen(text, ((back(_, OpenAccount(account_id)),),))


def _line(_: Translator, account: Account, now: datetime) -> str:
    parts = [named(account.name)]
    if account.phone:
        parts.append(masked(account.phone))
    state = account_state(_, account, now)
    if account.status_reason:
        state += f" ({plain(short(trouble(_, account.status_reason), 200))})"
    return f"{_SIGNS[account.status]} " + " · ".join([*parts, state])
