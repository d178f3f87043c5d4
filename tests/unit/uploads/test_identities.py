"""Phones, usernames and ids in the spellings people really use."""

from __future__ import annotations

import pytest

from bot.uploads.intake.identities import RowFault, phone, tidy, user_id, username
from db.models.contact import Identity


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+79991234567", "+79991234567"),
        ("8 999 123-45-67", "+79991234567"),
        ("+7 (999) 123-45-67", "+79991234567"),
        ("8(999)1234567", "+79991234567"),
        ("9991234567", "+79991234567"),
        ("79991234567", "+79991234567"),
        ("+8 999 123 45 67", "+79991234567"),
        ("79991234567.0", "+79991234567"),
        ("79991234567,00", "+79991234567"),
        ("7,9991234567E+10", "+79991234567"),
        ('="89991234567"', "+79991234567"),
        ("'+79991234567", "+79991234567"),
        ("\u00a0+7\u202f999\u00a0123\u201145\u201167 ", "+79991234567"),
        ("тел. 8-999-123-45-67", "+79991234567"),
        ("Тел.: +7 999 123 45 67", "+79991234567"),
        ("8 999 123 45 67 доб. 12", "+79991234567"),
        ("8 (495) 123 45 67 ext 4", "+74951234567"),
        ("+380 50 123 45 67", "+380501234567"),
        ("380501234567", "+380501234567"),
        ("00 49 151 23456789", "+4915123456789"),
        ("810 49 151 23456789", "+4915123456789"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+1 650 253 0000", "+16502530000"),
        ("７９９９１２３４５６７", "+79991234567"),
    ],
)
def test_an_everyday_phone_becomes_e164(written: str, expected: str) -> None:
    assert phone(tidy(written), "RU") == Identity(phone=expected)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("12345", RowFault.PHONE_TOO_SHORT),
        ("+7 999 123 45 6", RowFault.PHONE_TOO_SHORT),
        ("123-45-67", RowFault.PHONE_TOO_SHORT),
        ("+7 999 123 45 67 89", RowFault.PHONE_TOO_LONG),
        ("89991234567, 89997654321", RowFault.TWO_NUMBERS),
        ("89991234567 / 89997654321", RowFault.TWO_NUMBERS),
        ("8 999 123 45 67 8 999 765 43 21", RowFault.TWO_NUMBERS),
        ("8 999 123 45 67 и 8 999 765 43 21", RowFault.TWO_NUMBERS),
        ("7,99912E+10", RowFault.DIGITS_CUT_OFF),
        ("7.99912e+10", RowFault.DIGITS_CUT_OFF),
        ("нет", RowFault.NOT_A_PHONE),
        ("-", RowFault.NOT_A_PHONE),
        ("+999 999 999 999", RowFault.NOT_A_PHONE),
        ("8999ABC4567", RowFault.NOT_A_PHONE),
    ],
)
def test_a_phone_that_cannot_be_dialled_says_why(written: str, reason: RowFault) -> None:
    assert phone(tidy(written), "RU") == reason


def test_national_numbers_are_of_the_installations_region() -> None:
    assert phone("020 7946 0958", "GB") == Identity(phone="+442079460958")
    assert phone("(650) 253-0000", "US") == Identity(phone="+16502530000")


@pytest.mark.parametrize(
    "written",
    [
        "@anna_k",
        "anna_k",
        "t.me/anna_k",
        "https://t.me/anna_k",
        "http://www.t.me/anna_k/",
        "https://t.me/anna_k?start=1",
        "https://t.me/s/anna_k/15",
        "telegram.me/anna_k",
        "tg://resolve?domain=anna_k",
        "tg://resolve?domain=anna_k&start=x",
        "https://tgstat.ru/channel/@anna_k",
        "https://tgstat.com/ru/chat/@anna_k/stat",
        " @anna_k ",
    ],
)
def test_a_username_is_found_in_its_links(written: str) -> None:
    assert username(tidy(written)) == Identity(username="anna_k")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("@abc", RowFault.NOT_A_USERNAME),
        ("@1abcd", RowFault.NOT_A_USERNAME),
        ("@анна", RowFault.NOT_A_USERNAME),
        ("@anna b", RowFault.NOT_A_USERNAME),
        ("@" + "a" * 33, RowFault.NOT_A_USERNAME),
        ("https://t.me/+AbCdEf", RowFault.INVITE_LINK),
        ("t.me/joinchat/AbCdEf", RowFault.INVITE_LINK),
        ("https://example.com/anna", RowFault.NOT_A_USERNAME),
    ],
)
def test_what_is_no_username_says_why(written: str, reason: RowFault) -> None:
    assert username(tidy(written)) == reason


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("123456789", Identity(user_id=123456789)),
        ("-1001234567890", Identity(user_id=-1001234567890)),
        ("123456789.0", Identity(user_id=123456789)),
        ("1.23E+08", RowFault.DIGITS_CUT_OFF),
        ("0", RowFault.NOT_AN_ID),
        ("12a", RowFault.NOT_AN_ID),
        ("9" * 19, RowFault.NOT_AN_ID),
    ],
)
def test_ids_are_numbers(written: str, expected: Identity | RowFault) -> None:
    assert user_id(tidy(written)) == expected
