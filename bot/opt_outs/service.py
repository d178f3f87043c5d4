"""The stop list, the closing line of every message, and unclear replies that an admin decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.opt_outs.intake import reading
from bot.opt_outs.intake.readings import NotUnderstood, Number, Reading, Understood
from bot.opt_outs.view_model import Barred, Outcome
from db import barring
from db.models.admin import Admin
from db.models.opt_out import language
from db.models.person import ListedPerson
from db.models.reply import OutdatedQuestion, UnclearReply
from db.models.suppression import SuppressionReason
from db.pool import Connection, Database
from db.queries import (
    audit,
    installation,
    listed_people,
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


async def read(database: Database, readings: Sequence[Reading]) -> tuple[list[Understood], Outcome]:
    """Return whom the readings name, and as an outcome what is to be asked or names no person.

    Digits alone are an id or a phone as the contact lists know them (`reading.decide`).
    """
    numbers = [one for one in readings if isinstance(one, Number)]
    users = [one.user_id.user_id for one in numbers if one.user_id and one.user_id.user_id]
    phones = [loose.phone for one in numbers for loose in one.loose if loose.phone]
    known_users, known_phones = set[int](), set[str]()
    if numbers:
        async with database.connection() as connection:
            known_users = await listed_people.find_known_users(connection, users)
            known_phones = await listed_people.find_known_phones(connection, phones)
    understood, to_ask, faults = [], [], []
    for one in readings:
        decided = one
        if isinstance(one, Number):
            decided = reading.decide(one, known_users, known_phones) or one
        match decided:
            case Understood():
                understood.append(decided)
            case Number():
                to_ask.append(decided)
            case NotUnderstood():
                faults.append(decided)
    return understood, Outcome(to_ask=tuple(to_ask), not_understood=tuple(faults))


async def bar(
    database: Database, admin: Admin, understood: Sequence[Understood]
) -> tuple[Barred, ...]:
    """Suppress these people by all their known names; return each with what is known of them."""
    if not understood:
        return ()
    given = [one.identity for one in understood]
    async with database.transaction() as connection:
        key = await suppressions.get_suppression_key(connection)
        result = await barring.bar(
            connection, key, SuppressionReason.BY_HAND, identities=given, admin_id=admin.id
        )
        people = await listed_people.find(
            connection, result.carriers.persons, result.carriers.contacts
        )
        if result.added:
            await audit.add(connection, admin.id, "bar", "suppression", 0, names=len(given))
    return tuple(_barred(one, key, people, result.before) for one in understood)


def _barred(
    one: Understood, key: bytes, people: Sequence[ListedPerson], before: Collection[bytes]
) -> Barred:
    own, user_id = set(one.identity.hashes(key)), one.identity.user_id
    carriers = tuple(
        person
        for person in people
        if own & person.hashes or (user_id is not None and user_id == person.user_id)
    )
    hashes = own.union(*(person.hashes for person in carriers))
    return Barred(one.text, one.identity, carriers, hashes <= set(before))


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
