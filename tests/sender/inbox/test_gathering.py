"""People who wrote to an account become a contact list, each proven by a message."""

from __future__ import annotations

import time
from typing import Any

import pytest

from db.models.gathering import Wish
from db.models.operation import OperationKind
from db.queries import operations, proofs
from sandbox.faults import Latency, flood_wait
from sandbox.person import Person
from sandbox.world import PersonRecord
from tests.sender.answers import hand
from tests.sender.stage import ACCOUNT_ID, ADMIN_ID, Stage

DAY = 86_400


def ago(days: float) -> int:
    return int(time.time() - days * DAY)


async def ask(stage: Stage, wish: Wish, account_id: int | None = None) -> int:
    async with stage.database.transaction() as connection:
        operation_id = await operations.add(
            connection,
            OperationKind.GATHERING,
            account_id or stage.account.id,
            requested_by=ADMIN_ID,
            params={"name": "Wrote", "wish": wish.to_json(), "chat_id": 1, "message_id": 1},
        )
    assert operation_id is not None
    return operation_id


async def ended(stage: Stage, operation_id: int) -> dict[str, Any]:
    statement = f"SELECT * FROM operations WHERE finished_at IS NOT NULL AND id = {operation_id}"  # noqa: S608
    (row,) = await stage.until_rows(statement)
    return dict(row)


async def gather(stage: Stage, wish: Wish) -> dict[str, Any]:
    """What came of it."""
    row = await ended(stage, await ask(stage, wish))
    assert row["status"] == "done"
    result: dict[str, Any] = row["result"]
    return result


async def members(stage: Stage, list_id: int) -> dict[int, int]:
    """The id of the message that proves each member, by Telegram id."""
    async with stage.database.connection() as connection:
        return {
            proof.peer_id: proof.message_id for proof, _ in await proofs.page(connection, list_id)
        }


def ours(stage: Stage, one: PersonRecord, text: str) -> int:
    """The id of their message in the account's box."""
    olga = Person(stage.sandbox.world, ACCOUNT_ID)
    (found,) = [m.id for m in olga.history(one.id) if m.text == text]
    return found


async def test_everyone_who_wrote_is_a_member_with_the_proof(stage: Stage) -> None:
    old, new, answered, pinned, silent, joined, bot_like = stage.people(7)
    olga = Person(stage.sandbox.world, ACCOUNT_ID)
    stage.sandbox.add_person("Bot", id=900, username="some_bot", is_bot=True)
    await hand(stage, old).say(ACCOUNT_ID, "Old", date=ago(300))
    await hand(stage, pinned).say(ACCOUNT_ID, "Pinned", date=ago(100))
    olga.pin_dialog(pinned.id)
    await hand(stage, answered).say(ACCOUNT_ID, "Question", date=ago(20))
    await olga.say(answered.id, "Answer")
    await hand(stage, new).say(ACCOUNT_ID, "New", date=ago(1))
    await olga.say(silent.id, "Hello?")
    await hand(stage, joined).announce(ACCOUNT_ID, "contact_sign_up")
    await olga.say(900, "/start")
    await hand(stage, bot_like).say(ACCOUNT_ID, "Gone")
    bot_like.deleted = True
    await stage.start()
    result = await gather(stage, Wish())
    assert result == {"list_id": result["list_id"], "refused": 0, "unclear": 0, "suppressed": 0}
    assert await members(stage, result["list_id"]) == {
        old.id: ours(stage, old, "Old"),
        new.id: ours(stage, new, "New"),
        answered.id: ours(stage, answered, "Question"),
        pinned.id: ours(stage, pinned, "Pinned"),
    }
    (row,) = await stage.run("SELECT * FROM contact_lists")
    kept = {name: row[name] for name in ("size", "basis", "attested_by", "account_id")}
    assert kept == {
        "size": 4,
        "basis": "wrote_first",
        "attested_by": ADMIN_ID,
        "account_id": stage.account.id,
    }
    assert row["ready_at"] is not None


async def test_days_and_words_choose(stage: Stage) -> None:
    early, late, other = stage.people(3)
    await hand(stage, early).say(ACCOUNT_ID, "Lavender please", date=ago(40))
    await hand(stage, early).say(ACCOUNT_ID, "Thanks", date=ago(2))
    await hand(stage, late).say(ACCOUNT_ID, "Have you LAVENDER  soap?", date=ago(3))
    await hand(stage, late).say(ACCOUNT_ID, "Hello?", date=ago(2))
    await hand(stage, other).say(ACCOUNT_ID, "Roses?", date=ago(1))
    await stage.start()
    lavender = Wish.parse_words("lavender soap, tulips")
    month = await gather(stage, Wish(30, lavender))
    assert list(await members(stage, month["list_id"])) == [late.id]
    assert await members(stage, month["list_id"]) == {
        late.id: ours(stage, late, "Have you LAVENDER  soap?")
    }
    ever = await gather(stage, Wish(0, Wish.parse_words("lavender")))
    assert set(await members(stage, ever["list_id"])) == {early.id, late.id}
    week = await gather(stage, Wish(7))
    assert set(await members(stage, week["list_id"])) == {early.id, late.id, other.id}
    none = await gather(stage, Wish(0, ("tulips",)))
    assert none["list_id"] is None


async def test_refusals_bar_and_are_left_out(stage: Stage) -> None:
    fine, refused, unclear, barred = stage.people(4)
    await hand(stage, fine).say(ACCOUNT_ID, "Hello")
    await hand(stage, refused).say(ACCOUNT_ID, "STOP", date=ago(60))
    await hand(stage, refused).say(ACCOUNT_ID, "What do soaps cost?", date=ago(50))
    await hand(stage, unclear).say(ACCOUNT_ID, "please stop calling me, write here", date=ago(60))
    await hand(stage, barred).say(ACCOUNT_ID, "Hello", date=ago(60))
    await stage.start()
    hashed = await stage.until_rows(
        "SELECT identity_hash FROM person_names JOIN persons ON persons.id = person_id"  # noqa: S608
        f" WHERE peer_id = {barred.id}"
    )
    await stage.run("INSERT INTO suppressions VALUES ($1, 'by_hand')", hashed[0]["identity_hash"])
    result = await gather(stage, Wish())
    counts = {name: result[name] for name in ("refused", "unclear", "suppressed")}
    assert counts == {"refused": 1, "unclear": 1, "suppressed": 1}
    assert set(await members(stage, result["list_id"])) == {fine.id}
    reasons = await stage.run("SELECT DISTINCT reason FROM suppressions ORDER BY 1")
    assert [row["reason"] for row in reasons] == ["by_hand", "opt_out"]


@pytest.mark.parametrize("how", ["restart", "flood"])
async def test_a_gathering_goes_on_where_it_was(stage: Stage, how: str) -> None:
    people = stage.people(70)
    for n, one in enumerate(people):
        await hand(stage, one).say(ACCOUNT_ID, "Hello", date=ago(90 - n))
    await stage.start()
    await stage.until_rows("SELECT FROM sweeps")
    histories = "messages.getHistory"
    if how == "flood":
        stage.sandbox.faults.script(Latency(0), method=histories, count=45)
        flood = stage.sandbox.faults.script(flood_wait(2), method=histories)
    else:
        slow = stage.sandbox.faults.script(Latency(0.1), method=histories, count=None)
    operation_id = await ask(stage, Wish())
    if how == "restart":
        await stage.until_rows("SELECT FROM operations WHERE done >= 20")
        await stage.stop()
        await hand(stage, people[0]).say(ACCOUNT_ID, "I moved to the top")
        slow.cancel()
        await stage.start()
    row = await ended(stage, operation_id)
    assert row["status"] == "done"
    assert set(await members(stage, row["result"]["list_id"])) == {one.id for one in people}
    if how == "flood":
        assert flood.times_hit == 1


async def test_a_cancelled_gathering_leaves_no_list(stage: Stage) -> None:
    for one in stage.people(60):
        await hand(stage, one).say(ACCOUNT_ID, "Hello", date=ago(50))
    await stage.start()
    await stage.until_rows("SELECT FROM sweeps")
    stage.sandbox.faults.script(Latency(0.05), method="messages.getHistory", count=None)
    operation_id = await ask(stage, Wish())
    await stage.until_rows("SELECT FROM operations WHERE done >= 20")
    async with stage.database.connection() as connection:
        kind = OperationKind.GATHERING
        assert await operations.request_cancel(connection, kind, stage.account.id, ADMIN_ID)
    assert (await ended(stage, operation_id))["status"] == "cancelled"
    assert await stage.run("SELECT FROM contact_lists") == []


async def test_an_account_that_is_lost_is_said_to_be(stage: Stage) -> None:
    await stage.start()
    await stage.run("UPDATE accounts SET lost_at = now(), loss_reason = 'SESSION_REVOKED'")
    row = await ended(stage, await ask(stage, Wish()))
    assert (row["status"], row["reason"]) == ("failed", "account")
