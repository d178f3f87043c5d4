"""The accounts that send: all of them, and one with its caps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ui.formatting import account_state, masked, plain, short
from bot.ui.i18n import Words
from bot.ui.reasons import trouble
from bot.ui.screen import Screen, back, home, key
from db.models.account import Account, AccountHistory, AccountStatus
from db.models.caps import Budget, Caps

SHOWN = 6

_SIGNS = {
    AccountStatus.ACTIVE: "●",
    AccountStatus.RESTING: "◷",
    AccountStatus.LIMITED: "◷",
    AccountStatus.HELD: "‖",
    AccountStatus.LOST: "✕",
    AccountStatus.DISABLED: "○",
}


def accounts(_: Words, found: Sequence[Account], now: datetime) -> Screen:
    how = _(
        "To connect one, run this on the server's console and follow it:\n"
        "<code>predlagator login</code>"
    )
    if not found:
        what = _(
            "<b>Accounts</b>\nNone yet. Messages are sent by a Telegram account of yours, "
            "as a person would send them."
        )
        return Screen(f"{what}\n\n{how}", ((home(_),),))
    lines = [_line(_, account, now) for account in found]
    keys = [(key(short(account.name), "a", account.id, "show"),) for account in found[:SHOWN]]
    text = "\n".join([_("<b>Accounts</b>"), *lines, "", how])
    return Screen(text, (*keys, (home(_),)))


def account(_: Words, found: Account, budget: Budget) -> Screen:
    """How it stands, what it did today and what it may do."""
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
            "At most {n} a minute; {seconds} s between new people.",
            n=caps.per_minute,
            seconds=caps.first_apart_seconds,
        ),
    ]
    if budget.floods:
        lines.append(_("Telegram asked it to wait within the last hour: it writes more slowly."))
    keys = [(key(_("Change the caps"), "a", found.id, "caps"),)]
    if found.status is AccountStatus.HELD:
        keys.insert(0, (key(_("Let it go on"), "a", found.id, "release", style="success"),))
    return Screen("\n".join(lines), (*keys, (back(_, "a", 0, "page"),)))


def happened(_: Words, event: AccountHistory) -> Screen:
    """An account came to a status that a person must look at."""
    reason = "account_held" if event.status is AccountStatus.HELD else event.reason or ""
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
    return Screen(text, ((key(_("Show"), "a", event.account_id, "show"),),))


def ask_caps(_: Words, account_id: int, caps: Caps, *, refused: bool = False) -> Screen:
    """Five numbers are typed; `refused`: what was typed were not five numbers."""
    numbers = " ".join(str(getattr(caps, name)) for name in Caps.__slots__)
    text = _(
        "Type five numbers: messages a minute, messages a day, new people a day, seconds between "
        "new people, names and numbers looked up a day.\n"
        "Now: <code>{numbers}</code>. The more of them, the sooner Telegram limits an account.",
        numbers=numbers,
    )
    if refused:
        text = _("That is not five numbers.") + "\n" + text
    return Screen(text, ((back(_, "a", account_id, "show"),),))


def _line(_: Words, account: Account, now: datetime) -> str:
    parts = [plain(account.name)]
    if account.phone:
        parts.append(masked(account.phone))
    state = account_state(_, account, now)
    if account.status_reason:
        state += f" ({plain(trouble(_, account.status_reason))})"
    return f"{_SIGNS[account.status]} " + " · ".join([*parts, state])
