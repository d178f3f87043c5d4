"""The judge counts each kind of damage, and one kind never hides another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.faults.ledger import Ledger, Line
from tests.faults.verdict import Verdict, judge

BEGIN = datetime(2026, 11, 27, tzinfo=UTC)
INTERVAL = timedelta(seconds=1)
SENDER, STRANGER = 1, 2
ANN, BEN, CAT = 11, 12, 13


def effect(recipient: int, *, sender: int = SENDER, copy: int = 0) -> dict[str, Any]:
    """Return a log entry: the message that `row(recipient)` speaks of, or another copy of it."""
    return {
        "kind": "message",
        "sender": sender,
        "recipient": recipient,
        "random_id": 1000 + recipient + copy,
        "message_id": 500 + recipient + copy,
    }


def row(person: int, status: str = "sent", *, message_id: int | None = None) -> dict[str, Any]:
    sent = 500 + person if message_id is None else message_id
    return {
        "status": status,
        "peer_id": person,
        "random_id": 1000 + person,
        "message_id": sent if status == "sent" else None,
        "slot_at": BEGIN + person * INTERVAL,
    }


def verdict(
    log: list[dict[str, Any]], rows: list[dict[str, Any]], *recipients: int
) -> dict[str, int]:
    """Return the counts that are not zero, but for the number of recipients."""
    judged = judge(log, [SENDER], recipients, rows, INTERVAL)
    counts = {name: getattr(judged, name) for name in Verdict.__slots__ if name != "recipients"}
    found = {name: count for name, count in counts.items() if count}
    assert judged.recipients == len(recipients)
    assert judged.good == (not set(found) - {"arrived"})
    return found


def test_one_message_each_and_true_rows_are_good() -> None:
    assert verdict([effect(ANN), effect(BEN)], [row(ANN), row(BEN)], ANN, BEN) == {}


def test_a_recipient_without_a_message_is_lost_unless_the_row_says_unknown() -> None:
    for status in ("sent", "failed", "skipped", "pending"):
        found = verdict([], [row(ANN, status)], ANN)
        assert found.pop("lost") == 1, status
        assert found == ({"untrue": 1} if status == "sent" else {}), status
    assert verdict([effect(ANN, sender=STRANGER)], [], ANN) == {"lost": 1}


def test_an_unknown_row_admits_the_message_that_did_not_arrive() -> None:
    assert verdict([], [row(ANN, "unknown")], ANN) == {"unknown": 1}


def test_an_unknown_row_whose_message_arrived_is_not_minus_one_lost() -> None:
    found = verdict([effect(ANN)], [row(ANN, "unknown")], ANN)
    assert found == {"unknown": 1, "arrived": 1}


def test_an_unknown_row_excuses_its_own_person_only() -> None:
    arrived = verdict([effect(ANN)], [row(ANN, "unknown"), row(BEN, "failed")], ANN, BEN)
    assert arrived == {"unknown": 1, "arrived": 1, "lost": 1}
    others = verdict([effect(ANN)], [row(ANN), row(BEN, "failed"), row(CAT, "unknown")], ANN, BEN)
    assert others == {"unknown": 1, "lost": 1}
    outsider = verdict([effect(ANN)], [row(ANN), row(CAT, "unknown")], ANN)
    assert outsider == {"unknown": 1}


def test_a_message_that_arrived_and_is_denied_by_its_row_is_counted() -> None:
    for status in ("failed", "skipped", "pending", "sending"):
        assert verdict([effect(ANN)], [row(ANN, status)], ANN) == {"denied": 1}, status


def test_a_second_copy_and_a_wrong_message_id_are_counted() -> None:
    twice = [effect(ANN), effect(ANN, copy=100)]
    assert verdict(twice, [row(ANN)], ANN) == {"duplicates": 1}
    assert verdict([effect(ANN)], [row(ANN, message_id=7)], ANN) == {"untrue": 1}


def test_two_rows_that_claim_one_message_are_not_both_true() -> None:
    assert verdict([effect(ANN)], [row(ANN), row(ANN) | {"slot_at": None}], ANN) == {"untrue": 1}


def test_slots_closer_than_the_rate_are_counted() -> None:
    close = row(BEN) | {"slot_at": row(ANN)["slot_at"] + INTERVAL / 2}
    assert verdict([effect(ANN), effect(BEN)], [row(ANN), close], ANN, BEN) == {"crowded": 1}


# --- the page -------------------------------------------------------------------------

GOOD = Verdict(10, 0, 0, 0, 0, 0, 0, 0)


def rows_of(page: Path) -> list[list[str]]:
    table = page.read_text("utf-8").split("| fault |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")[2:]]


def test_a_row_is_replaced_by_its_newest_result_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    Ledger(1, "long", [Line("cut", 1, 3, GOOD, 9), Line("kill", 1, 5, GOOD, 9)]).write(page)
    Ledger(2, "long", [Line("kill", 3, 6, GOOD, 9)]).write(page)
    Ledger(3, "short", [Line("kill", 1, 7, GOOD, 9)]).write(page)
    Ledger(4, "long", [Line("cut", 1, 4, GOOD, 9)]).write(page)
    found = [(row[0], row[1], row[2], row[4], row[-2]) for row in rows_of(page)]
    assert found == [
        ("cut", "1", "long", "4", "4"),
        ("kill", "1", "long", "5", "1"),
        ("kill", "3", "long", "6", "2"),
        ("kill", "1", "short", "7", "3"),
    ]
    text = page.read_text("utf-8")
    assert text.count("| fault |") == 1
    assert "In all: 40 recipients, 22 faults." in text


def test_a_column_that_an_older_run_did_not_measure_stays_open(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    old = "| fault | processes | form | recipients | hits |\n|---|---|---|---|---|\n"
    page.write_text(f"# Old\n\n{old}| cut | 1 | long | 20 | 3 |\n", "utf-8")
    Ledger(1, "long", [Line("kill", 1, 5, GOOD, 9)]).write(page)
    cut, kill = rows_of(page)
    assert cut == ["cut", "1", "long", "20", "3", *"–" * 10]
    assert "–" not in kill


def test_the_page_of_this_repository_has_one_table_and_nothing_negative() -> None:
    page = Path(__file__).parents[2] / "docs" / "reliability.md"
    rows = rows_of(page)
    keys = [tuple(row[:3]) for row in rows]
    assert len(keys) == len(set(keys)) > 30
    assert not [cell for row in rows for cell in row if cell.startswith(("-", "−"))]
