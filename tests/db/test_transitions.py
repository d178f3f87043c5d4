"""Each statement that writes deliveries makes only transitions of the table."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from importlib.resources import files
from itertools import product

from db.models.delivery import (
    SETTLED,
    TRANSITIONS,
    DeliveryEvent,
    DeliveryStatus,
    Settled,
)
from db.pool import Connection
from db.queries import claims, deliveries, rescues, unknowns
from tests.db.rows import SECOND, give_up

TOKEN = 7
S, E = DeliveryStatus, DeliveryEvent
Statement = Callable[[Connection, int, int], Awaitable[object]]

# A row on which every statement has a reason to act: it is due, its claim has expired, its contact
# is known to the account, an attempt may have arrived.
PUT_ROW = """
UPDATE deliveries SET status = $2, account_id = 1, random_id = 5, person_id = 9,
    peer_id = 9, attempts = 1,
    first_attempt_at = CASE WHEN $3 THEN now() - interval '25 hours' END,
    due_at = CASE WHEN $2 = 'pending' AND NOT $4 THEN now() - interval '1 s' END,
    claim_token = CASE WHEN $2 = 'sending' THEN 7 END,
    claimed_until = CASE WHEN $2 = 'sending' THEN now() - interval '1 s' END, claimed_by = 'main',
    message_id = CASE WHEN $2 = 'sent' THEN 3 END,
    settled_at = CASE WHEN $2 IN ('sent', 'failed', 'skipped', 'unknown') THEN now() END
WHERE id = $1
"""
TALK = """
WITH met AS (INSERT INTO peers (account_id, person_id, access_hash, talked_at)
             VALUES (1, 9, 1, now()))
UPDATE contacts SET person_id = 9, identified_at = now() WHERE id = 1
"""


def settle(status: DeliveryStatus) -> Statement:
    async def run(connection: Connection, _: int, row: int) -> None:
        message_id = 3 if status is S.SENT else None
        await deliveries.settle(connection, [Settled(row, TOKEN, status, message_id, "why")])

    return run


async def claim_fresh(connection: Connection, campaign: int, _: int) -> None:
    await claims.claim_fresh(connection, campaign, 1, SECOND)


async def claim_behind(connection: Connection, campaign: int, _: int) -> None:
    await claims.claim_behind(connection, campaign, 1, SECOND, [1])


async def claim_known(connection: Connection, campaign: int, _: int) -> None:
    await claims.claim_known(connection, campaign, 1, SECOND, [1])


async def defer(connection: Connection, _: int, row: int) -> None:
    await deliveries.defer(connection, [row], [TOKEN], SECOND)


async def leave_in_doubt(connection: Connection, _: int, row: int) -> None:
    await deliveries.leave_in_doubt(connection, row, TOKEN, SECOND, "why")


async def confirm_late(connection: Connection, _: int, __: int) -> None:
    async with connection.transaction():
        if (found := await deliveries.find_in_flight(connection, 1, 5)) is not None:
            await deliveries.settle(connection, [Settled(*found, S.SENT, 3)])


async def expire(connection: Connection, _: int, __: int) -> None:
    await rescues.expire_claims(connection, "main")


async def release(connection: Connection, campaign: int, _: int) -> None:
    await connection.execute(
        "UPDATE campaigns SET status = 'paused', paused_at = now() WHERE id = $1", campaign
    )
    await rescues.release_unattempted(connection)


async def rescue(connection: Connection, _: int, __: int) -> None:
    await give_up(connection)


async def confirm(connection: Connection, _: int, row: int) -> None:
    await deliveries.settle(connection, [Settled(row, None, S.SENT, 0, "why", decided=True)])


async def reopen(connection: Connection, _: int, row: int) -> None:
    await unknowns.reopen(connection, [row], [])


STATEMENTS: list[tuple[Statement, set[DeliveryEvent]]] = [
    (claim_fresh, {E.CLAIM}),
    (claim_behind, {E.CLAIM, E.RESCUE}),
    (claim_known, {E.CLAIM}),
    (defer, {E.DEFER}),
    (leave_in_doubt, {E.RESCUE}),
    (expire, {E.RESCUE}),
    (release, {E.DEFER}),
    (rescue, {E.GIVE_UP}),
    (confirm_late, {E.DELIVER}),
    (confirm, {E.CONFIRM}),
    (reopen, {E.REOPEN}),
    (settle(S.SENT), {E.DELIVER}),
    (settle(S.FAILED), {E.REFUSE}),
    (settle(S.SKIPPED), {E.SKIP}),
    (settle(S.UNKNOWN), {E.GIVE_UP}),
]


async def test_every_statement_keeps_to_the_table_and_all_of_it_is_used(
    connection: Connection, running: int
) -> None:
    row = await connection.fetchval(
        "DELETE FROM deliveries WHERE pos > 1 RETURNING (SELECT min(id) FROM deliveries)"
    )
    await connection.execute(TALK)
    seen: set[tuple[DeliveryStatus, DeliveryEvent]] = set()
    for (statement, events), before, asked, fresh in product(
        STATEMENTS, S, (True, False), (True, False)
    ):
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(PUT_ROW, row, before, asked, fresh)
        written = await _written(connection, row)
        await statement(connection, running, row)
        after = S(await connection.fetchval("SELECT status FROM deliveries WHERE id = $1", row))
        if await _written(connection, row) != written:
            lawful = {event for event in events if TRANSITIONS.get((before, event)) is after}
            assert lawful, f"{statement.__name__}: {before} became {after}"
            seen |= {(before, event) for event in lawful}
        await transaction.rollback()
    assert seen == set(TRANSITIONS)


async def _written(connection: Connection, row: int) -> object:
    return await connection.fetchrow("SELECT * FROM deliveries WHERE id = $1", row)


def test_one_statement_ends_deliveries() -> None:
    ends = "|".join(SETTLED)
    writes = re.compile(
        rf"UPDATE deliveries SET(?:(?!\bWHERE\b|\bFROM\b).)*?status = (?:'(?:{ends})'|CASE|given)",
        re.DOTALL,
    )
    found = [
        file.name
        for file in files("db").joinpath("queries").iterdir()
        if file.name.endswith(".py") and writes.search(file.read_text(encoding="utf-8"))
    ]
    assert found == ["deliveries.py"]
    assert len(writes.findall(files("db").joinpath("queries", "deliveries.py").read_text())) == 1


async def test_an_end_needs_the_token_of_the_claim(connection: Connection, running: int) -> None:
    claim = await claims.claim_fresh(connection, running, 1, SECOND)
    assert claim is not None
    (row,) = claim.rows
    for token in (row.token + 1, None):
        assert await deliveries.settle(connection, [Settled(row.id, token, S.FAILED)]) == 0
    assert await deliveries.settle(connection, [Settled(row.id, row.token, S.SENT, 3)]) == 1
    for token in (row.token, None):
        assert await deliveries.settle(connection, [Settled(row.id, token, S.FAILED)]) == 0
