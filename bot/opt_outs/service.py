"""The stop list, the closing line of every message, and unclear replies that an admin decides."""

from __future__ import annotations

from dataclasses import dataclass

from db.models.admin import Admin
from db.models.contact import Identity, identity_hash
from db.models.opt_out import language
from db.models.reply import Doubt
from db.models.suppression import SuppressionReason
from db.pool import Connection, Database
from db.queries import audit, installation, replies, suppressions
from db.queries import unclear_replies as doubts


@dataclass(frozen=True, slots=True)
class StopList:
    """How many identities are suppressed, and the closing line; None for the default lines."""

    size: int
    line: str | None


async def stop_list(database: Database) -> StopList:
    """Return the list's size and the closing line."""
    async with database.connection() as connection:
        return StopList(
            await suppressions.count(connection), await installation.find_opt_out_line(connection)
        )


async def suppress(database: Database, admin: Admin, identity: Identity) -> bool:
    """Suppress the person by all their known identities. Return False when they already were."""
    async with database.transaction() as connection:
        hashes = identity.hashes(await suppressions.get_suppression_key(connection))
        hashes += await suppressions.find_other_names(connection, hashes)
        added = await suppressions.add(
            connection, hashes, SuppressionReason.BY_HAND, admin_id=admin.id
        )
        if added:
            await audit.add(connection, admin.id, "bar", "suppression", 0)
        return added > 0


async def change_line(database: Database, admin: Admin, line: str | None) -> None:
    """Set the closing line, which satisfies `opt_out.is_line`; None for the default lines.

    Campaigns under way keep theirs until they are resumed.
    """
    async with database.transaction() as connection:
        await installation.set_opt_out_line(connection, line)
        await audit.add(connection, admin.id, "change", "opt_out_line", 0, line=line)


async def page_untold(database: Database) -> list[Doubt]:
    """Return the unclear replies that no admin was asked about, the oldest first."""
    async with database.connection() as connection:
        ids = await doubts.page_untold(connection)
        return [await doubts.get(connection, doubt_id) for doubt_id in ids]


async def mark_told(database: Database, doubt_id: int) -> None:
    """Record that the admins were asked about the reply."""
    async with database.connection() as connection:
        await doubts.mark_told(connection, doubt_id)


async def decide(
    database: Database, admin: Admin, doubt_id: int, *, stops: bool
) -> tuple[Doubt, bool]:
    """Decide what an unclear reply means. Return it, and whether this answer was the first.

    The first answer stands. Raise NotFound when there is no such reply.
    """
    async with database.transaction() as connection:
        first = await doubts.decide(connection, doubt_id, admin.id, stops=stops)
        doubt = await doubts.get(connection, doubt_id)
        if first:
            await _carry_out(connection, admin, doubt)
            await audit.add(connection, admin.id, "decide", "doubt", doubt_id, stops=stops)
        return doubt, first


async def _carry_out(connection: Connection, admin: Admin, doubt: Doubt) -> None:
    key = await suppressions.get_suppression_key(connection)
    names = await suppressions.find_names_of_person(connection, doubt.peer_id)
    names.add(identity_hash(key, f"id:{doubt.peer_id}"))
    if not doubt.stops:
        await suppressions.lift_asked(connection, names)
        return
    await suppressions.add(connection, names, SuppressionReason.OPT_OUT, admin_id=admin.id)
    await replies.count_opt_out(connection, doubt.peer_id)
    await doubts.add_farewell(connection, doubt.peer_id, doubt.account_id, language(doubt.text))
