"""Deliveries: frozen before they are sent, settled under their claim's token."""

from __future__ import annotations

import pytest

from db.models.breaker import Breaker, tripped
from db.models.campaign import CampaignEvent
from db.models.delivery import DeliveryStatus, Settled, Verdict
from db.pool import Connection
from db.queries import breakers, campaigns, claims, contents, deliveries, freezes, rescues
from tests.db.rows import BOLD, SECOND, claimed, frozen, give_up, statuses, verdicts

# --- freezing -----------------------------------------------------------------


async def test_what_was_frozen_comes_back_with_the_next_claim(
    connection: Connection, running: int
) -> None:
    (row,) = await claimed(connection, running, 1)
    judged = await freezes.freeze(connection, running, [frozen(row)])
    assert verdicts(judged) == {row.id: Verdict.FROZEN}
    await rescues.expire_claims(connection, "main")
    claim = await claims.claim_behind(connection, running, 5, SECOND, [1])
    assert claim is not None
    (again,) = claim.rows
    assert (again.account_id, again.random_id) == (1, 101)
    assert await contents.find_frozen(connection, [again.id]) == {again.id: BOLD}
    assert again.in_doubt
    assert again.token != row.token
    assert await claims.claim_behind(connection, running, 5, SECOND, [1]) is None


async def test_a_row_of_another_account_is_left_alone(connection: Connection, running: int) -> None:
    (row,) = await claimed(connection, running, 1)
    await freezes.freeze(connection, running, [frozen(row)])
    await rescues.expire_claims(connection, "main")
    assert await claims.claim_behind(connection, running, 5, SECOND, [2]) is None


async def test_one_person_is_frozen_once(connection: Connection, running: int) -> None:
    first, double, third = await claimed(connection, running)
    rows = [frozen(first, 7), frozen(double, 7), frozen(third, 8)]
    assert verdicts(await freezes.freeze(connection, running, rows)) == {
        first.id: Verdict.FROZEN,
        double.id: Verdict.SAME_PERSON,
        third.id: Verdict.FROZEN,
    }
    (later,) = await claimed(connection, running, 1)
    again = await freezes.freeze(connection, running, [frozen(later, 8)])
    assert verdicts(again) == {later.id: Verdict.SAME_PERSON}


async def test_nothing_is_frozen_once_the_campaign_is_paused(
    connection: Connection, running: int
) -> None:
    (row,) = await claimed(connection, running, 1)
    await campaigns.advance(connection, running, CampaignEvent.PAUSE)
    judged = await freezes.freeze(connection, running, [frozen(row)])
    assert verdicts(judged) == {row.id: Verdict.LOST}


async def test_a_lost_claim_freezes_nothing(connection: Connection, running: int) -> None:
    (row,) = await claimed(connection, running, 1)
    await rescues.expire_claims(connection, "main")
    claim = await claims.claim_behind(connection, running, 5, SECOND, [1], process="main")
    assert claim is not None
    (ours,) = claim.rows
    late = await freezes.freeze(connection, running, [frozen(row)])
    assert verdicts(late) == {row.id: Verdict.LOST}
    judged = await freezes.freeze(connection, running, [frozen(ours)])
    assert verdicts(judged) == {row.id: Verdict.FROZEN}


# --- settling -----------------------------------------------------------------


async def test_settling_moves_the_counters(connection: Connection, running: int) -> None:
    sent, failed, unknown = await claimed(connection, running)
    ends = [
        Settled(sent.id, sent.token, DeliveryStatus.SENT, message_id=1),
        Settled(failed.id, failed.token, DeliveryStatus.FAILED, reason="USER_IS_BLOCKED"),
        Settled(unknown.id, unknown.token, DeliveryStatus.UNKNOWN, reason="expired"),
    ]
    assert await deliveries.settle(connection, ends) == 3
    counts = (await campaigns.get(connection, running)).counts
    assert (counts.sent, counts.failed, counts.skipped, counts.unknown) == (1, 1, 0, 1)
    assert counts.pending == 7


async def test_a_lost_claim_settles_nothing(connection: Connection, running: int) -> None:
    (row,) = await claimed(connection, running, 1)
    await rescues.expire_claims(connection, "main")
    await claims.claim_behind(connection, running, 5, SECOND, [1])
    late = Settled(row.id, row.token, DeliveryStatus.SENT, message_id=1)
    assert await deliveries.settle(connection, [late]) == 0
    assert (await campaigns.get(connection, running)).counts.sent == 0


async def test_settling_twice_counts_once(connection: Connection, running: int) -> None:
    (row,) = await claimed(connection, running, 1)
    end = Settled(row.id, row.token, DeliveryStatus.SENT, message_id=1)
    await deliveries.settle(connection, [end])
    assert await deliveries.settle(connection, [end._replace(message_id=2)]) == 0
    assert (await campaigns.get(connection, running)).counts.sent == 1


async def test_a_deferred_row_waits_and_keeps_its_content(
    connection: Connection, running: int
) -> None:
    (row,) = await claimed(connection, running, 1)
    await freezes.freeze(connection, running, [frozen(row)])
    await deliveries.defer(
        connection, [row.id], [row.token], 60 * SECOND, reason="FLOOD_WAIT_60", retries=1
    )
    assert await claims.claim_behind(connection, running, 5, SECOND, [1]) is None
    wait = await rescues.find_next_wait(connection, running)
    assert wait is not None
    assert 55 * SECOND < wait <= 60 * SECOND
    await connection.execute("UPDATE deliveries SET due_at = now() WHERE due_at IS NOT NULL")
    claim = await claims.claim_behind(connection, running, 5, SECOND, [1])
    assert claim is not None
    (again,) = claim.rows
    assert (again.retries, again.random_id, again.in_doubt) == (1, 101, False)
    assert await contents.find_frozen(connection, [again.id]) == {again.id: BOLD}


async def test_a_campaign_finishes_when_all_is_settled(
    connection: Connection, running: int
) -> None:
    rows = await claimed(connection, running, 10)
    ends = [Settled(row.id, row.token, DeliveryStatus.SENT, message_id=1) for row in rows]
    await deliveries.settle(connection, ends[:9])
    assert not await campaigns.finish(connection, running)
    await deliveries.settle(connection, ends[9:])
    assert await campaigns.finish(connection, running)
    assert not await campaigns.finish(connection, running)


# --- giving up ----------------------------------------------------------------

UNRESOLVABLE = {
    "cancelled": "UPDATE campaigns SET status = 'cancelled', finished_at = now()",
    "account_lost": "UPDATE accounts SET lost_at = now()",
    "expired": "UPDATE deliveries SET first_attempt_at = now() - interval '25 hours'"
    " WHERE first_attempt_at IS NOT NULL",
}


@pytest.mark.parametrize("reason", UNRESOLVABLE)
async def test_what_cannot_be_attempted_again_becomes_unknown(
    connection: Connection, running: int, reason: str
) -> None:
    attempted, _fresh = await claimed(connection, running, 2)
    await freezes.freeze(connection, running, [frozen(attempted)])
    await give_up(connection)
    assert (await statuses(connection, running))[:2] == ["sending", "sending"]
    await connection.execute(UNRESOLVABLE[reason])
    await rescues.expire_claims(connection, "main")
    await rescues.release_unattempted(connection)
    await give_up(connection)
    first, second = (await statuses(connection, running))[:2]
    assert first == "unknown"
    assert second == ("pending" if reason == "cancelled" else "sending")
    assert (await campaigns.get(connection, running)).counts.unknown == 1


async def test_people_who_are_spared_hide_no_refusals_from_the_breaker(
    connection: Connection, running: int
) -> None:
    """Skipped deliveries between them do not interrupt three refusals in a row."""
    await connection.execute(
        "INSERT INTO suppressions (identity_hash, reason)"
        " SELECT sha256(('p' || n)::bytea), 'opt_out' FROM unnest(ARRAY[2, 3, 5]) AS n"
    )
    for _ in range(3):
        (row,) = await claimed(connection, running, 1) or await claimed(connection, running, 3)
        failed = Settled(row.id, row.token, DeliveryStatus.FAILED, reason="MESSAGE_TOO_LONG")
        await deliveries.settle(connection, [failed])
    recent, _ = await breakers.get(connection, running)
    assert tripped(recent) is Breaker.CONTENT


async def test_messages_lost_with_their_account_stop_no_campaign_that_has_another(
    connection: Connection, running: int
) -> None:
    rows = await claimed(connection, running, 5)
    await freezes.freeze(connection, running, [frozen(row) for row in rows])
    await connection.execute(UNRESOLVABLE["account_lost"])
    await rescues.expire_claims(connection, "main")
    await give_up(connection)
    assert (await campaigns.get(connection, running)).counts.unknown == 5
    recent, _ = await breakers.get(connection, running)
    assert tripped(recent) is None
