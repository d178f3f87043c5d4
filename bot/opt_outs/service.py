"""The stop list, the closing line of every message, and unclear replies that an admin decides."""

from __future__ import annotations

from dataclasses import dataclass

from db import barring
from db.models.admin import Admin
from db.models.contact import Identity
from db.models.opt_out import language
from db.models.reply import OutdatedQuestion, UnclearReply
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
        key = await suppressions.get_suppression_key(connection)
        added = await barring.bar(
            connection, key, SuppressionReason.BY_HAND, identities=[identity], admin_id=admin.id
        )
        if added:
            await audit.add(connection, admin.id, "bar", "suppression", 0)
        return added > 0


async def change_line(database: Database, admin: Admin, line: str | None) -> None:
    """Set the closing line, which satisfies `opt_out.is_closing_line`; None for the default lines.

    Campaigns under way keep theirs until they are resumed.
    """
    async with database.transaction() as connection:
        await installation.set_opt_out_line(connection, line)
        await audit.add(connection, admin.id, "change", "opt_out_line", 0, line=line)


async def find_outdated_questions(database: Database) -> list[OutdatedQuestion]:
    """Return the questions on the admins' screens whose reply was edited since."""
    async with database.connection() as connection:
        return await unclear_replies.find_outdated_questions(connection)


async def get_reply(database: Database, reply_id: int) -> UnclearReply:
    """Return the unclear reply as it is now. Raise NotFound."""
    async with database.connection() as connection:
        return await unclear_replies.get(connection, reply_id)


async def record_question(
    database: Database, reply: UnclearReply, admin_id: int, message_id: int
) -> None:
    """Record the message of the bot that asks this admin about the reply, with its text."""
    async with database.connection() as connection:
        await unclear_replies.save_question(connection, reply.id, admin_id, message_id, reply.text)


async def decide(
    database: Database, admin: Admin, reply_id: int, *, stops: bool
) -> tuple[UnclearReply, bool]:
    """Decide what an unclear reply means. Return it, and whether this answer was the first.

    The first answer stands. Raise NotFound when there is no such reply.
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
    found = await barring.find_carriers(connection, key, user_ids=[reply.peer_id])
    if not reply.stops:
        await suppressions.delete_unclear(connection, found.hashes)
        return
    await suppressions.add(connection, found.hashes, SuppressionReason.OPT_OUT, admin_id=admin.id)
    await replies.count_opt_out(connection, reply.peer_id)
    await opt_out_confirmations.add(
        connection, reply.peer_id, reply.account_id, language(reply.text)
    )
