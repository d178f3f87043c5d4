"""The accounts that send, each with its status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.screens.reasons import trouble
from bot.screens.screen import Screen, home
from bot.screens.signs import account_state, masked, plain
from bot.words import Words
from db.models.account import Account, AccountStatus

_SIGNS = {
    AccountStatus.ACTIVE: "●",
    AccountStatus.RESTING: "◷",
    AccountStatus.LIMITED: "◷",
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
    return Screen("\n".join([_("<b>Accounts</b>"), *lines, "", how]), ((home(_),),))


def _line(_: Words, account: Account, now: datetime) -> str:
    parts = [plain(account.name)]
    if account.phone:
        parts.append(masked(account.phone))
    state = account_state(_, account, now)
    if account.status_reason:
        state += f" ({plain(trouble(_, account.status_reason))})"
    return f"{_SIGNS[account.status]} " + " · ".join([*parts, state])
