"""A message always has the same random_id, and every other message has another."""

from __future__ import annotations

from uuid import UUID

from sender.outcome.random_id import random_id

KEY = bytes(range(32))
CAMPAIGN = UUID(int=7)


def test_a_message_always_has_the_same_random_id() -> None:
    assert (
        random_id(KEY, CAMPAIGN, "user:1")
        == random_id(KEY, CAMPAIGN, "user:1")
        == 7382363386823656161
    )


def test_a_campaign_that_began_before_persons_were_known_keeps_its_random_ids() -> None:
    assert random_id(KEY, CAMPAIGN, "1") == -1955034218306345992


def test_every_other_message_has_another_random_id() -> None:
    numbers = {
        random_id(KEY, CAMPAIGN, "user:1"),
        random_id(KEY[::-1], CAMPAIGN, "user:1"),
        random_id(KEY, UUID(int=8), "user:1"),
        random_id(KEY, CAMPAIGN, "user:2"),
        random_id(KEY, CAMPAIGN, "channel:1"),
        random_id(KEY, CAMPAIGN, "user:1", step=1),
        random_id(KEY, CAMPAIGN, "user:1", generation=1),
        random_id(KEY, CAMPAIGN, "user:1", part=1),
    }
    assert len(numbers) == 8


def test_a_random_id_is_a_signed_64_bit_number_and_never_0() -> None:
    numbers = [random_id(KEY, CAMPAIGN, f"user:{n}") for n in range(2000)]
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert 0 not in numbers
    assert min(numbers) < 0 < max(numbers)
