"""The demo's sample data: 300 customers of a shop, and two contact files that name them.

The files have the faults of real ones: UTF-8 with commas and Windows-1251 with semicolons, phones
in several notations, duplicates within a file and across both, values that are no phone number.
Some customers have no Telegram account, have deleted it, have blocked the shop or have opted out.
All of it is generated from one seed, so each tour has the same data.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field, replace

from sandbox.world import PersonRecord

ADMIN_ID = 700_001
SENDER_ID = 700_002
BOT_ID = 7_000_003
BOT_TOKEN = f"{BOT_ID}:DEMO-demo-DEMO-demo-DEMO-demo-DEMO"
FIRST_CUSTOMER_ID = 800_000

AUDIENCE = 300
BLOCKERS = 4
IN_FIRST_FILE = 190
IN_BOTH_FILES = 4

_WOMEN = "Анна Мария Ольга Елена Ирина Дарья Полина Вера Софья Юлия".split()
_MEN = "Иван Пётр Сергей Алексей Дмитрий Фёдор Михаил Артём Глеб Илья".split()
_SURNAMES = "Ёлкин Смирнов Кузнецов Попов Соколов Лебедев Козлов Новиков Орлов Зайцев".split()
_LATIN = "Emma Liam Olivia Noah Sofia Lucas Mia Leo Nina Max".split()
_LATIN_SURNAMES = "Novak Martin Weber Rossi Kowalski Horvat Silva Meyer Larsen Dubois".split()
_CITIES = "Казань Москва Тула Пермь Сочи Омск Тверь Самара".split()


@dataclass(frozen=True, slots=True)
class Customer:
    """One person of the files; `record` is None when the phone has no Telegram account."""

    id: int
    name: str
    phone: str  # digits, no "+"
    city: str
    record: PersonRecord | None


@dataclass(slots=True)
class Sample:
    """The customers, the ids of those who must receive no message, and the two files."""

    customers: list[Customer]
    unregistered: set[int] = field(default_factory=set)  # no Telegram account has their phone
    blockers: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    private: set[int] = field(default_factory=set)  # accept no messages from strangers
    opted_out: set[int] = field(default_factory=set)

    @property
    def unreachable(self) -> set[int]:
        """Return the ids of those to whom Telegram delivers no message."""
        return self.unregistered | self.blockers | self.deleted | self.private

    @property
    def reachable(self) -> set[int]:
        """Return the ids of those who must receive the message."""
        return {c.id for c in self.customers} - self.unreachable - self.opted_out

    def people(self) -> list[PersonRecord]:
        """Return the records of those who have a Telegram account."""
        return [c.record for c in self.customers if c.record is not None]

    def first_file(self) -> bytes:
        """Return clients_may.csv: UTF-8 with a BOM, separated by commas."""
        rng = random.Random(1)
        rows = [
            [c.name, _format_phone(c.phone, rng), c.city] for c in self.customers[:IN_FIRST_FILE]
        ]
        rows.insert(20, list(rows[3]))
        rows.insert(50, [rows[7][0], "+" + self.customers[7].phone, rows[7][2]])
        rows.insert(90, ["Без телефона", "", "Тула"])
        rows.insert(120, ["Короткий Номер", "12345", "Омск"])
        rows.insert(150, ["Excel Victim", "7,99912E+10", "Пермь"])
        return _csv(["Имя", "Телефон", "Город"], rows, ",").encode("utf-8-sig")

    def second_file(self) -> bytes:
        """Return fair_2026.csv: Windows-1251, semicolons, and some people of the first file."""
        rng = random.Random(2)
        people = [*self.customers[:IN_BOTH_FILES], *self.customers[IN_FIRST_FILE:]]
        rows = [[c.name, _format_phone(c.phone, rng), c.city] for c in people]
        rows.insert(30, list(rows[11]))
        rows.insert(60, ["Два Телефона", "8 999 111-22-33, 8 999 111-22-34", "Сочи"])
        rows.insert(80, ["Неизвестный", "спросить у Анны", "Тверь"])
        return _csv(["ФИО", "Телефон", "Город"], rows, ";").encode("cp1251")


def make_sample(seed: int = 2026) -> Sample:
    """Return the sample of this seed: 300 customers, 275 of them reachable."""
    rng = random.Random(seed)
    sample = Sample([_customer(i, rng) for i in range(AUDIENCE)])
    # Evenly spaced: the product's breaker pauses a campaign at three blocks among a hundred.
    blockers = range(AUDIENCE // BLOCKERS // 2, AUDIENCE, AUDIENCE // BLOCKERS)
    sample.blockers.update(sample.customers[i].id for i in blockers)
    groups = [
        (sample.unregistered, 8),
        (sample.deleted, 4),
        (sample.private, 6),
        (sample.opted_out, 3),
    ]
    others = [i for i in range(AUDIENCE) if i not in blockers]
    drawn = iter(rng.sample(others, sum(size for _, size in groups)))
    for group, size in groups:
        group.update(sample.customers[next(drawn)].id for _ in range(size))
    for i, customer in enumerate(sample.customers):
        assert customer.record is not None
        record = customer.record
        if customer.id in sample.unregistered:
            sample.customers[i] = replace(customer, record=None)
        record.deleted = customer.id in sample.deleted
        record.accepts_strangers = customer.id not in sample.private
        if customer.id in sample.blockers:
            record.blocked.add(SENDER_ID)
    return sample


def _customer(i: int, rng: random.Random) -> Customer:
    if i % 4 == 0:
        first, last = rng.choice(_LATIN), rng.choice(_LATIN_SURNAMES)
        language = "en"
    elif i % 2:
        first, last, language = rng.choice(_WOMEN), rng.choice(_SURNAMES) + "а", "ru"
    else:
        first, last, language = rng.choice(_MEN), rng.choice(_SURNAMES), "ru"
    phone = f"7{rng.choice((903, 916, 926, 985, 999))}{1_000_000 + i * 7919 % 8_999_999:07}"
    record = PersonRecord(
        id=FIRST_CUSTOMER_ID + i,
        first_name=first,
        last_name=last,
        phone=phone,
        language=language,
    )
    return Customer(record.id, record.name, phone, rng.choice(_CITIES), record)


def _format_phone(phone: str, rng: random.Random) -> str:
    """Return a Russian mobile number in one of its usual notations."""
    code, a, b, c = phone[1:4], phone[4:7], phone[7:9], phone[9:11]
    return rng.choice(
        [
            f"+7{code}{a}{b}{c}",
            f"8{code}{a}{b}{c}",
            f"8 ({code}) {a}-{b}-{c}",
            f"+7 {code} {a} {b} {c}",
            f"7-{code}-{a}-{b}-{c}",
        ]
    )


def _csv(header: list[str], rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
