"""The verdict detects duplicates, lost, unwanted and unknown messages."""

from __future__ import annotations

import itertools
from typing import Any

from demo.sample import SENDER_ID, Sample, make_sample
from demo.verdict import judge

_random_ids = itertools.count(1)


def message(recipient: int) -> dict[str, Any]:
    return {
        "kind": "message",
        "sender": SENDER_ID,
        "recipient": recipient,
        "random_id": next(_random_ids),
    }


def perfect(sample: Sample) -> list[dict[str, Any]]:
    return [message(person) for person in sample.reachable]


def test_one_message_to_each_reachable_person_is_good() -> None:
    verdict = judge(perfect(make_sample()), make_sample(), 0)
    assert verdict.good
    assert verdict.line() == (
        "tour: audience=300 sent=275 failed=22 skipped=3 unknown=0 duplicates=0 lost=0"
    )


def test_a_second_message_to_a_person_is_a_duplicate_even_with_another_random_id() -> None:
    log = perfect(make_sample())
    verdict = judge([*log, message(log[0]["recipient"])], make_sample(), 0)
    assert verdict.duplicates == 1
    assert not verdict.good


def test_a_missing_message_is_lost() -> None:
    verdict = judge(perfect(make_sample())[1:], make_sample(), 0)
    assert verdict.lost == 1
    assert not verdict.good


def test_a_message_to_a_person_who_opted_out_is_not_good() -> None:
    sample = make_sample()
    opted_out = next(iter(sample.opted_out))
    assert not judge([*perfect(sample), message(opted_out)], sample, 0).good


def test_an_unknown_delivery_is_not_good() -> None:
    verdict = judge(perfect(make_sample())[1:], make_sample(), 1)
    assert (verdict.unknown, verdict.lost) == (1, 0)
    assert not verdict.good


def test_the_sample_files_are_the_same_each_time() -> None:
    assert make_sample().first_file() == make_sample().first_file()
    assert make_sample().second_file() == make_sample().second_file()


def test_too_few_people_block_the_sender_to_trip_the_breaker() -> None:
    sample = make_sample()
    blocked = [customer.id in sample.blockers for customer in sample.customers]
    assert sum(blocked) == 4
    assert max(sum(blocked[at : at + 100]) for at in range(len(blocked))) == 2
