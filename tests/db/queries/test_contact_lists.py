"""One row for one person, however many files name them; and what a list knows of its people."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from db.models.contact import Identity, NewContact
from db.models.contact_list import Basis, ContactList, Member
from db.models.errors import NotFound
from db.models.suppression import SuppressionReason
from db.models.template import Entity, Template, longest_filled, placeholders, utf16_length
from db.pool import Connection, Database
from db.queries import contact_lists, contacts, media, suppressions, templates, uploads

KEY = b"k" * 32
ADMIN = 7


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO admins (id, name, role) VALUES ($1, 'Anna', 'owner')", ADMIN
        )
        yield connection


async def a_list(connection: Connection, name: str, *people: NewContact) -> ContactList:
    list_id = await contact_lists.add(
        connection,
        name=name,
        basis=Basis.CUSTOMER,
        basis_note=None,
        attested_by=ADMIN,
        file_name=f"{name}.csv",
        file_sha256=name.encode(),
        fields=["name"],
    )
    await contacts.add_batch(connection, list_id, contacts.batch(people, KEY))
    added = await contact_lists.complete(connection, list_id)
    assert added.size == len(people)
    return added


def person(row: int, name: str = "", **identity: object) -> NewContact:
    return NewContact(Identity(**identity), row, {"name": name})  # type: ignore[arg-type]


async def test_a_person_of_two_lists_is_one_contact_that_learns(connection: Connection) -> None:
    first = await a_list(connection, "April", person(2, "Anna", phone="+79991234567"))
    second = await a_list(
        connection,
        "May",
        person(2, "Аня", phone="+79991234567", username="anna"),
        person(3, user_id=5),
    )
    rows = await connection.fetch("SELECT * FROM contacts ORDER BY id")
    assert [(row["key"], row["username"]) for row in rows] == [
        ("phone:+79991234567", "anna"),
        ("id:5", None),
    ]
    known = Identity(phone="+79991234567", username="anna").hashes(KEY)
    assert sorted(rows[0]["identity_hashes"]) == sorted(known)
    assert await contact_lists.find_member(connection, first.id, 0) == Member(
        None, "+79991234567", "anna", {"name": "Anna"}
    )
    assert await contact_lists.count_empty(connection, second.id, ["name", "city"]) == {
        "name": 1,
        "city": 2,
    }
    assert await contacts.count_known(connection, ["phone:+79991234567", "id:5", "id:6"]) == {
        "April": 1,
        "May": 2,
    }


async def test_the_same_file_is_recognised_until_its_list_is_deleted(
    connection: Connection,
) -> None:
    april = await a_list(connection, "April")
    assert await contact_lists.find_by_file(connection, b"April") == april
    assert await contact_lists.archive(connection, april.id)
    assert not await contact_lists.archive(connection, april.id)
    assert await contact_lists.find_by_file(connection, b"April") is None
    assert await contact_lists.page(connection) == []
    assert (await contact_lists.get(connection, april.id)).archived_at is not None
    with pytest.raises(NotFound):
        await contact_lists.get(connection, 999)


async def test_a_suppression_keeps_its_first_reason(connection: Connection) -> None:
    hashes = Identity(user_id=1, username="anna").hashes(KEY)
    assert await suppressions.add(connection, hashes, SuppressionReason.OPT_OUT) == 2
    assert await suppressions.add(connection, hashes, SuppressionReason.BY_HAND) == 0
    reasons = await connection.fetch("SELECT DISTINCT reason FROM suppressions")
    assert [row["reason"] for row in reasons] == ["opt_out"]
    assert await suppressions.find_suppressed(connection, [hashes[1], b"other"]) == {hashes[1]}
    assert len(await suppressions.get_suppression_key(connection)) == 32


async def test_an_upload_belongs_to_its_admin_and_is_claimed_once(connection: Connection) -> None:
    upload_id = await uploads.add(connection, ADMIN, "a.csv", b"x", {"name": "April"})
    await uploads.note(connection, upload_id, ADMIN, basis="event")
    kept = await uploads.get(connection, upload_id, ADMIN)
    assert kept.reading == {"name": "April", "basis": "event"}
    for not_theirs in (uploads.get, uploads.note, uploads.claim):
        with pytest.raises(NotFound):
            await not_theirs(connection, upload_id, 8)
    assert await uploads.claim(connection, upload_id, ADMIN) == kept.reading
    assert await uploads.get_claimed(connection, upload_id) == kept
    with pytest.raises(NotFound):
        await uploads.claim(connection, upload_id, ADMIN)


async def test_media_are_kept_once_for_each_way_they_are_sent(connection: Connection) -> None:
    first = await media.add(connection, "photo", "photo.jpg", "image/jpeg", b"bytes")
    assert await media.add(connection, "photo", "photo.jpg", "image/jpeg", b"bytes") == first
    assert await media.add(connection, "document", "a.jpg", "image/jpeg", b"bytes") != first
    kept = await media.get(connection, first)
    assert (kept.kind, kept.content) == ("photo", b"bytes")


async def test_the_longest_filling_is_what_filling_every_row_finds(connection: Connection) -> None:
    chance = random.Random(1)
    names = ["", "Ян", "👍👍", "Константин", "a" * 9]
    people = [person(i, chance.choice(names), user_id=i) for i in range(1, 60)]
    for text in ("Hi {{name}}", "{{name|дорогой 🎄 друг}} {{name}}", "{{city|где-то}}", "plain"):
        made = await a_list(connection, text, *people)
        pairs = [(p.field, p.fallback) for p in placeholders(text)]
        fixed = utf16_length(text) - sum(
            utf16_length(text[p.start : p.end]) for p in placeholders(text)
        )
        template = Template(1, "t", text, (), None)
        assert fixed + await contact_lists.longest_filling(
            connection, [made.id], pairs
        ) == longest_filled(template, [p.fields for p in people])


async def test_templates_are_kept_with_their_entities(connection: Connection) -> None:
    bold = (Entity("bold", 0, 2),)
    added = await templates.add(
        connection, name="Hi", text="Hi {{name}}", entities=bold, media_id=None, created_by=ADMIN
    )
    assert await templates.get(connection, added.id) == added
    assert added.entities == bold
    assert await templates.page(connection) == [added]
    assert await templates.archive(connection, added.id)
    assert await templates.page(connection) == []
