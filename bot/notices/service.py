"""What the admins are to be notified of: a row for each event, admin and part.

`queue` writes the rows of an event once, in one transaction; each row is then sent apart from the
others, so that a part that cannot be sent neither repeats nor holds up another.
"""

from __future__ import annotations

from datetime import timedelta

from db.models.account import AccountHistory
from db.models.admin import Admin, Right
from db.models.campaign import CampaignEvent, CampaignHistory
from db.models.errors import NotFound
from db.models.notice import Notice, NoticeKind, NoticePart
from db.models.reply import UnclearReply
from db.pool import Connection, Database
from db.queries import account_events, admins, campaign_events, notices, unclear_replies

Event = UnclearReply | AccountHistory | CampaignHistory


async def queue(database: Database) -> None:
    """Write the notices of all events that have none."""
    while True:
        async with database.transaction() as connection:
            everyone = await admins.page(connection)
            if not (
                await _queue_replies(connection, everyone)
                + await _queue_account_events(connection, everyone)
                + await _queue_campaign_events(connection, everyone)
            ):
                return


async def _queue_replies(connection: Connection, everyone: list[Admin]) -> int:
    """Ask who may decide; while there is no such admin, the question waits for one."""
    asked = [admin.id for admin in everyone if admin.may(Right.BUILD)]
    if not asked:
        return 0
    found = await unclear_replies.page_unnotified(connection)
    for reply_id in found:
        kind = NoticeKind.UNCLEAR_REPLY
        await notices.add(connection, kind, reply_id, asked, NoticePart.MESSAGE)
        await unclear_replies.mark_notified(connection, reply_id)
    return len(found)


async def _queue_account_events(connection: Connection, everyone: list[Admin]) -> int:
    told = [admin.id for admin in everyone if admin.may(Right.SEE)]
    found = await account_events.page_unnotified(connection)
    for event in found:
        kind = NoticeKind.ACCOUNT_EVENT
        await notices.add(connection, kind, event.id, told, NoticePart.MESSAGE)
        await account_events.mark_notified(connection, event.id)
    return len(found)


async def _queue_campaign_events(connection: Connection, everyone: list[Admin]) -> int:
    """Notify everyone but the admin who caused the event; a finished campaign has a file, too."""
    found = await campaign_events.page_unnotified(connection)
    for event in found:
        told = [a.id for a in everyone if a.may(Right.SEE) and a.id != event.admin_id]
        kind = NoticeKind.CAMPAIGN_EVENT
        await notices.add(connection, kind, event.id, told, NoticePart.MESSAGE)
        if event.event == CampaignEvent.FINISH:
            await notices.add(connection, kind, event.id, told, NoticePart.FILE)
        await campaign_events.mark_notified(connection, event.id)
    return len(found)


async def find_due_admins(database: Database) -> list[int]:
    """Return the ids of the admins who have a notice to be sent now."""
    async with database.connection() as connection:
        return await notices.find_due_admins(connection)


async def claim(database: Database, admin_id: int) -> Notice | None:
    """Count an attempt of the admin's most urgent notice and return it; None when none is due."""
    async with database.connection() as connection:
        return await notices.claim(connection, admin_id)


async def find_event(database: Database, notice: Notice) -> Event | None:
    """Return what the notice is about; None when it is deleted, or a question is decided."""
    async with database.connection() as connection:
        match notice.kind:
            case NoticeKind.ACCOUNT_EVENT:
                return await account_events.find(connection, notice.event_id)
            case NoticeKind.CAMPAIGN_EVENT:
                return await campaign_events.find(connection, notice.event_id)
            case NoticeKind.UNCLEAR_REPLY:
                try:
                    reply = await unclear_replies.get(connection, notice.event_id)
                except NotFound:
                    return None
                return reply if reply.stops is None else None


async def mark_sent(database: Database, notice: Notice) -> None:
    """Record that the notice was sent."""
    async with database.connection() as connection:
        await notices.mark_sent(connection, notice.id)


async def postpone(
    database: Database,
    notice: Notice,
    seconds: float,
    reason: str,
    *,
    attempted: bool = True,
    refused: bool = False,
) -> None:
    """Try the notice again later.

    `attempted` False: this attempt does not count. `refused`: it failed for the content.
    """
    async with database.connection() as connection:
        wait = timedelta(seconds=seconds)
        await notices.postpone(
            connection, notice.id, wait, reason[:500], attempted=attempted, refused=refused
        )


async def give_up(database: Database, notice: Notice, reason: str) -> None:
    """Record that the notice is not tried again."""
    async with database.connection() as connection:
        await notices.give_up(connection, notice.id, reason[:500])


async def sweep(database: Database) -> None:
    """Delete the notices that ended long ago."""
    async with database.connection() as connection:
        await notices.sweep(connection)
