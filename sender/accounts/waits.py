"""Decides whether a campaign must pause because no account may send what is left of it.

It is asked when nothing could be claimed. A campaign that runs then has a delivery in flight, one
that is due later, or one that an account may send within a moment. Otherwise it pauses with a
reason, and with the moment at which it goes on if that is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from db.models.account import Account, AccountStatus
from db.models.campaign import Campaign, Mode
from db.models.caps import Budget
from db.models.delivery import Waiting
from db.models.reason import Reason
from db.pool import Database
from db.queries import accounts, caps, rescues
from sender.accounts.eligibility import SENDING, SHORT_REST, Pause


async def find_pause(database: Database, campaign: Campaign) -> Pause | None:
    """Return why the campaign must pause; None while it may go on within SHORT_REST.

    The pause ends when the first account may send one of the deliveries that are due: it may make
    first contacts again, or the account to which a delivery is pinned may send again. It has no end
    when they all are pinned to accounts that an admin must release, and no other becomes due.
    """
    async with database.connection() as connection:
        waiting = await rescues.find_waiting(connection, campaign.id)
        if not waiting.groups:
            return None
        of_campaign = await accounts.page_of_campaign(connection, campaign.id)
        next_day = await caps.get_next_day(connection, campaign.id)
        budgets: Mapping[int, Budget] = {}
        if campaign.mode is Mode.LIVE:
            ids = [account.id for account in of_campaign if account.status in SENDING]
            budgets = await caps.find_budgets(connection, ids, campaign.zone)
    able = _who_may_send(waiting, of_campaign)
    moments = [
        moment
        for account, in_doubt in able
        if (moment := _reopens(account, in_doubt, budgets.get(account.id), next_day)) is not None
    ]
    if moments:
        until, reason = min(moments, key=lambda moment: moment[0])
        return (
            None if reason is None or until - able[0][0].at <= SHORT_REST else Pause(reason, until)
        )
    held = any(account.status is AccountStatus.HELD for account, _ in able)
    return Pause(Reason.ACCOUNT_HELD) if held and waiting.next_due_at is None else None


def _who_may_send(waiting: Waiting, of_campaign: Sequence[Account]) -> list[tuple[Account, bool]]:
    """Return the accounts for each group of due deliveries, each with whether they are in doubt."""
    return [
        (account, group.in_doubt)
        for group in waiting.groups
        for account in of_campaign
        if group.account_id in (None, account.id)
    ]


def _reopens(
    account: Account, in_doubt: bool, budget: Budget | None, next_day: datetime
) -> tuple[datetime, str | None] | None:
    """Return when the account may send such a delivery, and why not before.

    None: not before an admin acts. The reason is None for a wait that does not pause a campaign.
    """
    if account.status is AccountStatus.RESTING and account.resting_until is not None:
        return account.resting_until, None
    if account.status not in SENDING:
        return None
    if budget is None:
        return account.at, None
    if in_doubt:  # counted before, and no first contact
        return budget.reopens_for_repeats(next_day)
    return budget.reopens(next_day)
