"""/optout says whom it understood, and bars them under all their names."""

from __future__ import annotations

import pytest

from db.models.contact import Identity, NewContact
from db.queries import suppressions
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OWNER, add_admin, add_list

PHONE, MASKED = "+79991234567", "+7••••••4567"
BOTH = 9161234567  # an id of Telegram's length, and a phone of Russia without its 8
ANNA = NewContact(Identity(user_id=4242, phone=PHONE, username="anna"), 1, {"name": "Anna <K>"})


async def prepare(office: Office, *others: NewContact) -> None:
    """Two lists with Anna, one of them with the others, too."""
    await add_admin(office.database)
    await add_list(office.database, [ANNA, *others], "May")
    await add_list(office.database, [ANNA], "June")


async def barred(office: Office, *identities: Identity) -> list[bool]:
    """Whether each of the names is on the stop list."""
    async with office.database.connection() as connection:
        key = await suppressions.get_suppression_key(connection)
        hashes = [one.hashes(key)[0] for one in identities]
        found = await suppressions.find_final(connection, hashes)
    return [one in found for one in hashes]


NAMES = Identity(user_id=4242), Identity(phone=PHONE), Identity(username="anna")


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("@Anna", f"Anna <K> (@Anna, {MASKED})"),
        ("+7 999 123-45-67", f"Anna <K> (@anna, {MASKED})"),
        ("8 (999) 123-45-67", f"Anna <K> (@anna, {MASKED})"),
        ("89991234567", f"Anna <K> (@anna, {MASKED})"),
        ("4242", f"Anna <K> (@anna, {MASKED}, id 4242)"),
        ("id 4242", f"Anna <K> (@anna, {MASKED}, id 4242)"),
        ("t.me/anna", f"Anna <K> (@anna, {MASKED})"),
        ("https://t.me/+79991234567", f"Anna <K> (@anna, {MASKED})"),
        ("tg://user?id=4242", f"Anna <K> (@anna, {MASKED}, id 4242)"),
        ("tg://resolve?domain=anna", f"Anna <K> (@anna, {MASKED})"),
        ("tg://resolve?phone=79991234567", f"Anna <K> (@anna, {MASKED})"),
    ],
)
async def test_every_name_of_a_person_bars_all_of_them(
    office: Office, typed: str, who: str
) -> None:
    await prepare(office)
    await office.owner.say(BOT, f"/optout {typed}")
    said = await office.owner.wait_for(BOT, "Anna <K>")
    assert said.text == f"{who}, in 2 lists: now on the stop list."
    assert await barred(office, *NAMES) == [True, True, True]
    await office.owner.say(BOT, f"/optout {typed}")
    again = await office.owner.wait_for(BOT, "already on the stop list")
    assert again.text == f"{who}: already on the stop list."
    async with office.database.connection() as connection:
        audited = await connection.fetch("SELECT admin_id FROM audit WHERE act = 'bar'")
    assert [row["admin_id"] for row in audited] == [OWNER], "nothing changed the second time"


async def test_several_are_barred_at_once_and_typos_are_told(office: Office) -> None:
    boris = NewContact(Identity(username="boris_b"), 2, {})
    await prepare(office, boris)
    await office.owner.say(
        BOT, "/optout @anna, t.me/boris_b\n+7 916 765-43-21; @nobody_here\n+7 999 123\nboris\n@b"
    )
    said = (await office.owner.wait_for(BOT, "Anna <K>")).text
    assert "“+7 999 123” has too few digits for a phone number." in said
    assert "“boris”: if this is a username, write @boris." in said
    assert "“@b” is no username" in said
    assert "Of these, nobody was barred." in said
    assert f"Anna <K> (@anna, {MASKED}), in 2 lists: now on the stop list." in said
    assert "@boris_b, in 1 list: now on the stop list." in said
    assert "+7••••••4321: not in any list. Barred by this name." in said
    assert "@nobody_here: not in any list. Barred by this name." in said
    unlisted = Identity(phone="+79167654321"), Identity(username="nobody_here")
    assert await barred(office, *NAMES, boris.identity, *unlisted) == [True] * 6


async def test_an_id_is_never_taken_for_a_phone(office: Office) -> None:
    ivan = NewContact(Identity(user_id=BOTH), 2, {"name": "Ivan"})
    await prepare(office, ivan)
    await office.owner.say(BOT, f"/optout {BOTH}")
    said = await office.owner.wait_for(BOT, "Ivan")
    assert said.text == f"Ivan (id {BOTH}), in 1 list: now on the stop list."
    assert await barred(office, ivan.identity, Identity(phone=f"+7{BOTH}")) == [True, False]


async def test_a_number_that_no_phone_has_is_an_id(office: Office) -> None:
    await prepare(office)
    await office.owner.say(BOT, "/optout 1112345678")
    said = await office.owner.wait_for(BOT, "Barred by this id")
    assert said.text.startswith("id 1112345678: not in any list.")
    assert await barred(office, Identity(user_id=1112345678)) == [True]


@pytest.mark.parametrize(
    ("label", "said", "expected"),
    [
        ("The phone", "+7••••••4567: not in any list", [True, False]),
        ("The id", f"id {BOTH}: not in any list", [False, True]),
    ],
)
async def test_a_number_that_may_be_both_is_asked_about(
    office: Office, label: str, said: str, expected: list[bool]
) -> None:
    await prepare(office)
    both = Identity(phone=f"+7{BOTH}"), Identity(user_id=BOTH)
    await office.owner.say(BOT, f"/optout {BOTH}, @anna")
    await office.owner.wait_for(BOT, "Anna <K>")
    question = await office.owner.wait_for(BOT, f"Is {BOTH} a phone number or a Telegram id?")
    assert await barred(office, *both, *NAMES) == [False, False, True, True, True]
    await office.owner.press(question, f"{label} {BOTH}")
    await office.owner.wait_for(BOT, said)
    assert await barred(office, *both) == expected


async def test_a_number_that_one_has_as_an_id_and_another_as_a_phone_is_asked_about(
    office: Office,
) -> None:
    by_id = NewContact(Identity(user_id=BOTH), 2, {"name": "Ivan"})
    by_phone = NewContact(Identity(phone=f"+7{BOTH}"), 3, {"name": "Olga"})
    await prepare(office, by_id, by_phone)
    await office.owner.say(BOT, f"/optout {BOTH}")
    question = await office.owner.wait_for(BOT, f"Is {BOTH} a phone number or a Telegram id?")
    await office.owner.press(question, f"The phone {BOTH}")
    await office.owner.wait_for(BOT, "Olga (+7••••••4567), in 1 list")
    assert await barred(office, by_id.identity, by_phone.identity) == [False, True]


async def test_of_very_many_the_answer_can_still_be_read(office: Office) -> None:
    await prepare(office)
    names = [f"@person_{n}" for n in range(200)]
    await office.owner.say(BOT, "/optout " + " ".join(names) + "\n" + "\n".join(["x1 y"] * 3))
    said = await office.owner.wait_for(BOT, "… and 180 more like these.")
    assert "“x1” is no phone number" in said.text
    assert await barred(office, Identity(username="person_199")) == [True]
