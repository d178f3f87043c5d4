"""What is typed behind /optout: whom it names, and what is wrong with the rest."""

from __future__ import annotations

import pytest

from bot.opt_outs.intake.reading import decide, read
from bot.opt_outs.intake.readings import Fault, NotUnderstood, Number, Understood
from db.models.contact import Identity

PHONE = Identity(phone="+79991234567")
ANNA = Identity(username="anna")


def named(typed: str, region: str = "RU") -> list[Identity | Fault]:
    """Whom each part names when none of them is known; BOTH for what must be asked."""
    found: list[Identity | Fault] = []
    for one in read(typed, region):
        if isinstance(one, Number):
            decided = decide(one, (), ())
            found.append(Fault.BOTH if decided is None else decided.identity)
        else:
            found.append(one.identity if isinstance(one, Understood) else one.fault)
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "+7 999 123-45-67", "8 (999) 123-45-67", "89991234567", "79991234567", "8-999-123-45-67",
        "(999) 123-45-67", "0079991234567", "тел. 8 999 123-45-67", "tel:+79991234567",
        "+7 999 123-45-67 доб. 12", "https://t.me/+79991234567", "t.me/+7-999-123-45-67",
        "https://t.me/%2B79991234567", "tg://resolve?phone=79991234567", "８９９９１２３４５６７",
        "«+7 999 123-45-67»",
    ],
)  # fmt: skip
def test_a_phone_in_any_spelling(typed: str) -> None:
    assert named(typed) == [PHONE]


@pytest.mark.parametrize(
    "typed",
    [
        "@anna", "@anna.", "«@anna»", "＠anna", "t.me/anna", "https://t.me/anna", "www.t.me/anna",
        "http://telegram.me/anna/", "https://t.me/anna/123", "t.me/anna?start=1", "t.me/s/anna/5",
        "anna.t.me", "tg://resolve?domain=anna", "tg:resolve?domain=anna&post=1", "HTTPS://T.ME/anna",
        "telegram.dog/@anna",
    ],
)  # fmt: skip
def test_a_username_in_any_spelling(typed: str) -> None:
    assert named(typed) == [ANNA]


@pytest.mark.parametrize(
    ("typed", "user_id"),
    [
        ("4242", 4242), ("id 42", 42), ("ID:42", 42), ("id42", 42), ("tg://user?id=42", 42),
        ("tg://openmessage?user_id=42", 42), ("1112345678", 1112345678),
        ("799912345678", 799912345678), ("8916123456", 8916123456),
    ],
)  # fmt: skip
def test_an_id(typed: str, user_id: int) -> None:
    assert named(typed) == [Identity(user_id=user_id)]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("anna", Fault.MAYBE_USERNAME),
        ("Анна", Fault.NOT_UNDERSTOOD),
        ("@Анна", Fault.NOT_A_USERNAME),
        ("@ab", Fault.NOT_A_USERNAME),
        ("@1anna", Fault.NOT_A_USERNAME),
        ("t.me/ab", Fault.NOT_A_USERNAME),
        ("+7 999 123-45", Fault.TOO_SHORT),
        ("+7 999 123-45-67-89-10-11", Fault.TOO_LONG),
        ("8916 123 45 6", Fault.NO_SUCH_NUMBER),
        ("0612345678", Fault.NO_SUCH_NUMBER),
        ("https://t.me/+AbCdEf123", Fault.INVITATION),
        ("t.me/joinchat/AAAA", Fault.INVITATION),
        ("tg://join?invite=AAAA", Fault.INVITATION),
        ("t.me/share/url?url=x", Fault.NOT_A_PERSON),
        ("t.me/c/123/4", Fault.NOT_A_PERSON),
        ("t.me/", Fault.NOT_A_PERSON),
        ("https://example.com/anna", Fault.NOT_A_PERSON),
        ("http://[bad", Fault.NOT_A_PERSON),
        ("tg://user?id=x", Fault.NOT_A_PERSON),
        ("-1001234567890", Fault.GROUP),
        ("id 99999999999999999", Fault.NOT_UNDERSTOOD),
        ("0", Fault.NOT_UNDERSTOOD),
        ("05", Fault.TOO_SHORT),
        ("@", Fault.NOT_A_USERNAME),
        ("9161234567", Fault.BOTH),
    ],
)
def test_what_names_no_person(typed: str, fault: Fault) -> None:
    assert named(typed) == [fault]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("@anna, +7 999 123-45-67\n4242;id 43", [ANNA, PHONE, Identity(4242), Identity(43)]),
        ("@anna @boris 4242", [ANNA, Identity(username="boris"), Identity(4242)]),
        ("89991234567 89161234567", [PHONE, Identity(phone="+79161234567")]),
        ("+79991234567 +79161234567", [PHONE, Identity(phone="+79161234567")]),
        ("123456789 987654321", [Identity(123456789), Identity(987654321)]),
        ("Anna +7 999 123-45-67", [Fault.MAYBE_USERNAME, PHONE]),
        ("8 999 123 45 67 @anna", [PHONE, ANNA]),
        ("@anna,@ANNA\n@anna", [ANNA]),
        (" ,;\n\n", []),
    ],
)
def test_several_at_once(typed: str, expected: list[Identity | Fault]) -> None:
    assert named(typed) == expected


def test_the_pieces_of_a_mistyped_phone_are_no_ids() -> None:
    found = named("+7 495 123-45-6 доб. 12\n8 916 7\nОфис 12 345")
    assert not [one for one in found if isinstance(one, Identity)]


@pytest.mark.parametrize("region", ["US", "GB", "KZ"])
def test_a_phone_of_another_country_needs_no_plus(region: str) -> None:
    assert named("447911123456", region) == [Identity(phone="+447911123456")]


def number(digits: str) -> Number:
    (found,) = read(digits, "RU")
    assert isinstance(found, Number)
    return found


@pytest.mark.parametrize(
    ("digits", "users", "phones", "expected"),
    [
        ("9161234567", {9161234567}, set(), Identity(9161234567)),
        ("9161234567", {9161234567}, {"+79161234567"}, None),
        ("9161234567", set(), {"+79161234567"}, None),
        ("79161234567", {79161234567}, set(), Identity(79161234567)),
        ("79161234567", set(), {"+79161234567"}, Identity(phone="+79161234567")),
        ("15550002001", set(), {"+15550002001"}, Identity(phone="+15550002001")),
        ("15550002001", set(), set(), Identity(15550002001)),
    ],
)
def test_digits_alone_are_what_the_lists_know(
    digits: str, users: set[int], phones: set[str], expected: Identity | None
) -> None:
    decided = decide(number(digits), users, phones)
    assert (decided and decided.identity) == expected


def test_a_fault_keeps_what_was_typed() -> None:
    assert read("Анна К", "RU") == [
        NotUnderstood("Анна", Fault.NOT_UNDERSTOOD), NotUnderstood("К", Fault.NOT_UNDERSTOOD),
    ]  # fmt: skip
