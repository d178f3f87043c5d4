"""Real-life files: the same people are read from every encoding, separator and layout."""

from __future__ import annotations

import json

import pytest

from bot.uploads.intake.columns import Reading, Role, guess_reading
from bot.uploads.intake.decode import refusal
from bot.uploads.intake.identities import RowFault
from bot.uploads.intake.parse import Duplicate, Rejected, people
from db.models.contact import Identity, NewContact

RU = [
    ["Имя", "Телефон", "Ник", "Город"],
    ["Иван Ёлкин", "8 999 123-45-67", "@ivan_e", "Тверь"],
    ["Анна", "+7 (999) 765-43-21", "", "Нижний Новгород"],
    ["Щукина, Ольга", "89990001122", "olga_sch", "Омск"],
]
PHONES = ["+79991234567", "+79997654321", "+79990001122"]
ENCODINGS = ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"]


def table(rows: list[list[str]], delimiter: str, end: str = "\r\n") -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if delimiter in text else text

    return end.join(delimiter.join(map(cell, row)) for row in rows) + end


def read(content: bytes) -> tuple[Reading, list[NewContact], list[Rejected], list[Duplicate]]:
    assert refusal(content) is None
    reading = guess_reading(content, "RU")
    found = list(people(content, reading, "RU"))
    return (
        reading,
        [item for item in found if isinstance(item, NewContact)],
        [item for item in found if isinstance(item, Rejected)],
        [item for item in found if isinstance(item, Duplicate)],
    )


def names(contacts: list[NewContact]) -> list[str]:
    return [contact.identity.key for contact in contacts]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_separator_are_found(encoding: str, delimiter: str) -> None:
    reading, contacts, rejected, _ = read(table(RU, delimiter).encode(encoding))
    assert reading.layout.delimiter == delimiter
    assert reading.roles == (Role.NAME, Role.PHONE, Role.USERNAME, Role.EXTRA)
    assert [c.identity.phone for c in contacts] == PHONES
    assert contacts[0].identity.username == "ivan_e"
    assert contacts[2].fields == {"name": "Щукина, Ольга", "имя": "Щукина, Ольга", "город": "Омск"}
    assert [c.row for c in contacts] == [2, 3, 4]
    assert rejected == []


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\n" + table(RU, ";"),
        "sep=,\n" + table(RU, ",", "\n"),
        table(RU, ";", "\r"),
        table(RU, ";").rstrip(),
        "\r\n\r\n" + table(RU, ";"),
        table([*RU, ["", "", "", ""]], ";"),
        table([[*row, ""] for row in RU], ";"),
        table([RU[0], *(row[:3] for row in RU[1:])], ";"),
        table([[*row, "1500,50"] for row in RU], ";"),
        table(RU[1:], ";"),
        table(RU[1:], "\t"),
        table([["№", *RU[0]], *([str(n), *row] for n, row in enumerate(RU[1:], 1))], ";"),
        table([[*row[:1], row[1] + " ", *row[2:]] for row in RU], " ;"),
        table([["Клиент", "Моб. тел.", "Telegram", "Город"], *RU[1:]], ";"),
        table([["Customer", "Phone number", "Telegram username", "City"], *RU[1:]], ","),
        table([["id", *RU[0]], *([str(n), *row] for n, row in enumerate(RU[1:], 1000))], ";"),
        table([["wat", "kva", "zzz", "qqq"], *RU[1:]], ";"),
    ],
    ids=range(17),
)
def test_mess_around_the_people_does_not_lose_them(text: str) -> None:
    delimiter_is_two = " ;" in text
    content = (
        text.replace(" ;", ";").encode() if delimiter_is_two else text.encode("cp1251", "ignore")
    )
    _, contacts, rejected, _ = read(content)
    assert [c.identity.phone for c in contacts] == PHONES
    assert contacts[0].fields["name"] == "Иван Ёлкин"
    assert rejected == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+7 999 123-45-67\n8 999 765 43 21\n", ["phone:+79991234567", "phone:+79997654321"]),
        ("@anna_k\n@boris_b\n", ["username:anna_k", "username:boris_b"]),
        ("anna_k\nboris_b\nolga_s\n", ["username:anna_k", "username:boris_b", "username:olga_s"]),
        ("@anna, @bobo, +79991234567", ["username:anna", "username:bobo", "phone:+79991234567"]),
        ("@anna_k @boris_b", ["username:anna_k", "username:boris_b"]),
        ("https://t.me/anna_k\nt.me/boris_b", ["username:anna_k", "username:boris_b"]),
        ("@anna\n89991234567\nt.me/bobo", ["username:anna", "phone:+79991234567", "username:bobo"]),
        ("@anna_k", ["username:anna_k"]),
        ("+7 999 123 45 67", ["phone:+79991234567"]),
        ("telegram_id\n123456789\n234567890\n", ["id:123456789", "id:234567890"]),
        ("123456789\n234567890\n", ["id:123456789", "id:234567890"]),
        ("Телефон\n89991234567\n", ["phone:+79991234567"]),
        ("79991234567.0\n79997654321.0\n", ["phone:+79991234567", "phone:+79997654321"]),
        ("Анна;8 999 123-45-67", ["phone:+79991234567"]),
    ],
)  # fmt: skip
def test_plain_lists_are_taken_as_they_are(text: str, expected: list[str]) -> None:
    _, contacts, rejected, _ = read(text.encode())
    assert names(contacts) == expected
    assert rejected == []


def test_a_bare_id_beside_a_phone_is_the_number_of_a_row() -> None:
    content = b"id,phone\n1000001,+79991234567\n1000002,+79997654321\n"
    assert read(content)[0].roles == (Role.EXTRA, Role.PHONE)


SEED: list[dict[str, str | None]] = [
    {
        "category": category,
        "tgstat_url": f"https://tgstat.ru/channel/{name}",
        "username": username,
        "collected_at": "2024-05-01T10:00:00",
    }
    for category, name, username in (
        ("news", "@anna_k", "anna_k"),
        ("Мода", "@boris_b", None),
        ("blogs", "AbCdEf", None),
    )
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(row, ensure_ascii=False) for row in SEED),
        "\r\n\r\n".join(json.dumps(row) for row in SEED) + "\r\n",
        "\ufeff" + "\n".join(json.dumps(row) for row in SEED),
        json.dumps(SEED, indent=2, ensure_ascii=False),
    ],
)
def test_json_of_the_seed_system_is_read(text: str) -> None:
    reading, contacts, rejected, _ = read(text.encode())
    assert reading.layout.keys == ("category", "tgstat_url", "username", "collected_at")
    assert names(contacts) == ["username:anna_k", "username:boris_b"]
    assert contacts[1].fields["category"] == "Мода"
    assert [bad.reason for bad in rejected] == [RowFault.NOT_A_USERNAME]


def test_a_broken_line_of_json_costs_one_row_only() -> None:
    lines = [
        '{"username": "anna_k", "n": 1}',
        '{"username": "bor',
        '{"username": "boris\\ud83d_b\\u0000"}',
    ]
    _, contacts, rejected, _ = read("\n".join(lines).encode())
    assert names(contacts) == ["username:anna_k", "username:boris_b"]
    assert [(bad.row, bad.reason, bad.cells) for bad in rejected] == [
        (2, RowFault.NOT_JSON, ['{"username": "bor'])
    ]


def test_doubles_by_any_name_are_kept_once_and_every_row_is_accounted_for() -> None:
    text = """Имя;Телефон;Ник
Анна;89991234567;
Аня;+7 999 123 45 67;@anna_k
А.;;t.me/Anna_K
Борис;123;
Вера;89991234568, 89991234569;
Глеб;;
Дина;7,99912E+10;@dina_d
;;
Ева;нет;
"""
    _, contacts, rejected, doubles = read(text.encode())
    assert [(c.row, c.identity) for c in contacts] == [
        (2, Identity(phone="+79991234567")),
        (8, Identity(username="dina_d")),
    ]
    assert [double.row for double in doubles] == [3, 4]
    assert [(bad.row, bad.reason) for bad in rejected] == [
        (5, RowFault.PHONE_TOO_SHORT),
        (6, RowFault.TWO_NUMBERS),
        (7, RowFault.EMPTY),
        (10, RowFault.NOT_A_PHONE),
    ]


def test_an_unclosed_quotation_mark_loses_no_row() -> None:
    lines = ["name,phone", 'Кафе "Уют,89991234567', '"ООО ""Ёж""",89991234568']
    lines += [f"n{n},8999000{n:04}" for n in range(100)]
    _, contacts, _, _ = read("\n".join(lines).encode())
    assert len(contacts) == 102
    lines[1] = '"Уют,89991234567'
    _, contacts, _, _ = read("\n".join(lines).encode())
    assert len(contacts) == 102


def test_a_cell_of_several_lines_is_one_cell() -> None:
    _, contacts, _, _ = read('name;phone\n"Анна\nИвановна";89991234567\n'.encode())
    assert contacts[0].fields["name"] == "Анна\nИвановна"
