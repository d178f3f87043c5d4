"""Who a contact is, who carries a name, and that a rule holds for all names of a person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from db import barring
from db.models.contact import Identity, NewContact, identity_hash
from db.models.contact_list import Basis
from db.models.delivery import DeliveryStatus, Settled, Verdict
from db.models.person import Person
from db.models.suppression import SuppressionReason
from db.pool import Connection
from db.queries import contact_lists, contacts, deliveries, freezes, persons
from tests.db.rows import claimed, frozen, verdicts

KEY = b"k" * 32
ANNA = Person("user", 4001, 7, ("Anna", "anna_too"), "+15550002001")
NAMES = ["id:4001", "phone:+15550002001", "username:anna", "username:anna_too"]


def hashes(names: Sequence[str]) -> list[bytes]:
    return [identity_hash(KEY, name) for name in names]


async def upload(connection: Connection, *identities: Identity) -> list[int]:
    """Save a list of these contacts; return their ids, in this order."""
    list_id = await contact_lists.add(
        connection,
        name="L",
        basis=Basis.CUSTOMER,
        basis_note=None,
        attested_by=1,
        file_name="l.csv",
        file_sha256=b"",
        fields=[],
    )
    people = [NewContact(identity, n, {}) for n, identity in enumerate(identities, 1)]
    await contacts.add_batch(connection, list_id, contacts.batch(people, KEY))
    rows = await connection.fetch(
        "SELECT contact_id FROM contact_list_members WHERE contact_list_id = $1 ORDER BY pos",
        list_id,
    )
    return [row["contact_id"] for row in rows]


async def identify(connection: Connection, contact_id: int, person: Person = ANNA) -> int:
    names = hashes(person.names())
    return await persons.identify(connection, 1, contact_id, person, names, names[0])


async def stored(connection: Connection, contact_id: int) -> tuple[int | None, bool, str | None]:
    """Return (person, identified, why unreachable) of a contact."""
    row = await connection.fetchrow(
        "SELECT person_id, identified_at IS NOT NULL, unreachable_reason FROM contacts"
        " WHERE id = $1",
        contact_id,
    )
    assert row is not None
    return tuple(row)


def test_the_names_of_an_answer() -> None:
    assert ANNA.names() == ["id:4001", "phone:+15550002001", "username:anna", "username:anna_too"]
    assert Person("channel", 4001, 7, ("news",)).names() == ["username:news"]
    assert ANNA.carries(username="ANNA_too")
    assert ANNA.carries(phone="+15550002001")
    assert not ANNA.carries(username="annabel")
    assert not ANNA.carries()


async def test_a_contact_with_a_known_name_is_a_guess_until_it_is_identified(
    connection: Connection,
) -> None:
    (by_name,) = await upload(connection, Identity(username="anna"))
    person = await identify(connection, by_name)
    by_phone, by_other, stranger = await upload(
        connection,
        Identity(phone="+15550002001"),
        Identity(username="Anna_Too"),
        Identity(username="boris"),
    )
    assert await stored(connection, by_name) == (person, True, None)
    assert await stored(connection, by_phone) == (person, False, None)
    assert await stored(connection, by_other) == (person, False, None)
    assert await stored(connection, stranger) == (None, False, None)


async def test_a_name_that_changes_hands_is_the_new_owners(connection: Connection) -> None:
    first, second = await upload(connection, Identity(user_id=4001), Identity(user_id=4002))
    await identify(connection, first)
    heir = await identify(connection, second, Person("user", 4002, 8, ("anna",)))
    (by_name,) = await upload(connection, Identity(username="anna"))
    assert await stored(connection, by_name) == (heir, False, None)


async def test_a_contact_that_gets_a_new_name_is_identified_again(connection: Connection) -> None:
    (anna,) = await upload(connection, Identity(phone="+15550002001"))
    person = await identify(connection, anna)
    await upload(connection, Identity(phone="+15550002001"))
    assert await stored(connection, anna) == (person, True, None)
    await contacts.mark_unreachable(connection, anna, "two_people")
    await upload(connection, Identity(phone="+15550002001", username="anna"))
    assert await stored(connection, anna) == (person, False, None)


async def test_a_bar_holds_for_every_name_of_the_person(connection: Connection) -> None:
    by_name, by_phone, boris = await upload(
        connection,
        Identity(username="anna"),
        Identity(phone="+15550002009"),  # an old number of hers
        Identity(username="boris"),
    )
    await identify(connection, by_name)
    await identify(connection, by_phone)
    done = await barring.bar(
        connection, KEY, SuppressionReason.BY_HAND, identities=[Identity(username="anna_too")]
    )
    assert done.added == 5
    barred = {row[0] for row in await connection.fetch("SELECT identity_hash FROM suppressions")}
    assert barred == set(hashes([*NAMES, "phone:+15550002009"]))
    assert not barred & set(hashes(["username:boris"]))
    assert boris not in {by_name, by_phone}


async def test_a_row_that_means_two_people_links_no_names(connection: Connection) -> None:
    (mixed,) = await upload(connection, Identity(phone="+15550002001", username="boris"))
    await contacts.mark_unreachable(connection, mixed, "two_people")
    await barring.bar(
        connection, KEY, SuppressionReason.BY_HAND, identities=[Identity(phone="+15550002001")]
    )
    barred = [row[0] for row in await connection.fetch("SELECT identity_hash FROM suppressions")]
    assert barred == hashes(["phone:+15550002001"])


async def test_a_bar_by_an_id_makes_a_person(connection: Connection) -> None:
    assert await barring.bar(connection, KEY, SuppressionReason.OPT_OUT, user_ids=[777])
    assert not await barring.bar(connection, KEY, SuppressionReason.OPT_OUT, user_ids=[777])
    found = await connection.fetchval("SELECT count(*) FROM persons WHERE peer_id = 777")
    assert found == 1


# --- what the freeze decides ----------------------------------------------------------


async def test_a_suppressed_name_of_the_person_is_enough(
    connection: Connection, running: int
) -> None:
    """The contact of the row has none of the suppressed names; the person has."""
    row, other = await claimed(connection, running, 2)
    await connection.execute(
        "INSERT INTO person_names (identity_hash, person_id) VALUES ('\\x01', 1)"
    )
    await connection.execute(
        "INSERT INTO suppressions (identity_hash, reason) VALUES ('\\x01', 'opt_out')"
    )
    judged = await freezes.freeze(connection, running, [frozen(row), frozen(other)])
    assert verdicts(judged) == {row.id: Verdict.SUPPRESSED, other.id: Verdict.FROZEN}


async def test_a_bot_is_not_written_to(connection: Connection, running: int) -> None:
    (row,) = await claimed(connection, running, 1)
    await connection.execute("UPDATE persons SET unreachable_reason = 'USER_IS_BOT' WHERE id = 1")
    judged = await freezes.freeze(connection, running, [frozen(row)])
    assert judged[row.id] == (Verdict.UNREACHABLE, "USER_IS_BOT", None)


@pytest.mark.parametrize(
    ("end", "hours"),
    [
        (None, 0),  # in flight: asked again in a minute
        (DeliveryStatus.SENT, 24),
        (DeliveryStatus.UNKNOWN, 24),
        (DeliveryStatus.FAILED, None),
    ],
)
async def test_another_campaign_makes_a_person_wait(
    connection: Connection, running: int, end: DeliveryStatus | None, hours: int | None
) -> None:
    other = await connection.fetchval(
        "INSERT INTO campaigns (name, status, created_by, started_at, expanded_at, total)"
        " VALUES ('O', 'running', 1, now(), now(), 1) RETURNING id"
    )
    await connection.execute(
        "INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos)"
        " VALUES ($1, 11, 1, 1)",
        other,
    )
    (first,) = await claimed(connection, other, 1)
    await freezes.freeze(connection, other, [frozen(first, 1)])
    if end is not None:
        message_id = 5 if end is DeliveryStatus.SENT else None
        await deliveries.settle(
            connection, [Settled(first.id, first.token, end, message_id, "why")]
        )
    await connection.execute("UPDATE campaigns SET frequency_hours = 24 WHERE id = $1", running)
    (row,) = await claimed(connection, running, 1)
    judged = (await freezes.freeze(connection, running, [frozen(row)]))[row.id]
    if hours is None:
        assert judged.verdict is Verdict.FROZEN
        return
    assert judged.verdict is Verdict.FREQUENCY
    wait = await connection.fetchval("SELECT $1 - clock_timestamp()", judged.wait_until)
    assert wait.total_seconds() == pytest.approx(hours * 3600 or 60, abs=30)
