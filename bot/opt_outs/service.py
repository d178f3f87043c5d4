"""The stop list: by hand, for those who said it on the phone; by an answer, when words are unclear.

And the line that tells people how to get onto it.
"""

from __future__ import annotations

from dataclasses import dataclass

from db.models.admin import Admin
from db.models.contact import Identity, identity_hash
from db.models.opt_out import language
from db.models.reply import UnclearReply
from db.models.suppression import SuppressionReason
from db.pool import Connection, Database
from db.queries import (
    audit,
    installation,
    opt_out_confirmations,
    replies,
    suppressions,
    unclear_replies,
)


@dataclass(frozen=True, slots=True)
class StopList:
    """How many identities are barred, and the closing line; None: the words that come with us."""

    size: int
    line: str | None


async def stop_list(database: Database) -> StopList:
    async with database.connection() as connection:
        return StopList(
            await suppressions.count(connection), await installation.find_opt_out_line(connection)
        )


async def bar(database: Database, admin: Admin, identity: Identity) -> bool:
    """Bar this person from every campaign under all their names; False: they were already."""
    async with database.transaction() as connection:
        hashes = identity.hashes(await suppressions.get_suppression_key(connection))
        hashes += await suppressions.find_linked_hashes(connection, hashes)
        added = await suppressions.add(
            connection, hashes, SuppressionReason.BY_HAND, admin_id=admin.id
        )
        if added:
            await audit.add(connection, admin.id, "bar", "suppression", 0)
        return added > 0


async def change_line(database: Database, admin: Admin, line: str | None) -> None:
    """`line` fits `is_closing_line`. Campaigns under way keep theirs until they are resumed."""
    async with database.transaction() as connection:
        await installation.set_opt_out_line(connection, line)
        await audit.add(connection, admin.id, "change", "opt_out_line", 0, line=line)


async def page_unnotified(database: Database) -> list[UnclearReply]:
    """Unclear words that no admin was asked about, oldest first."""
    async with database.connection() as connection:
        ids = await unclear_replies.page_unnotified(connection)
        return [await unclear_replies.get(connection, reply_id) for reply_id in ids]


async def mark_notified(database: Database, reply_id: int) -> None:
    async with database.connection() as connection:
        await unclear_replies.mark_notified(connection, reply_id)


async def decide(
    database: Database, admin: Admin, reply_id: int, *, stops: bool
) -> tuple[UnclearReply, bool]:
    """What the words meant. Returns the reply as it is now, and whether this answer decided it.

    The first answer stands. NotFound when there is no such question.
    """
    async with database.transaction() as connection:
        first = await unclear_replies.decide(connection, reply_id, admin.id, stops=stops)
        reply = await unclear_replies.get(connection, reply_id)
        if first:
            await _carry_out(connection, admin, reply)
            await audit.add(connection, admin.id, "decide", "unclear_reply", reply_id, stops=stops)
        return reply, first


async def _carry_out(connection: Connection, admin: Admin, reply: UnclearReply) -> None:
    key = await suppressions.get_suppression_key(connection)
    names = await suppressions.find_hashes_of_person(connection, reply.peer_id)
    names.add(identity_hash(key, f"id:{reply.peer_id}"))
    if not reply.stops:
        await suppressions.delete_unclear(connection, names)
        return
    await suppressions.add(connection, names, SuppressionReason.OPT_OUT, admin_id=admin.id)
    await replies.count_opt_out(connection, reply.peer_id)
    await opt_out_confirmations.add(
        connection, reply.peer_id, reply.account_id, language(reply.text)
    )
