"""Several accounts on one campaign: conversations go on, first contacts are spread evenly."""

from __future__ import annotations

from collections import Counter

from sender.accounts.assignment import Acquaintance, Remaining, choose

STRANGER = Acquaintance()


def test_the_account_that_has_a_conversation_with_the_contact_is_chosen() -> None:
    remaining = {1: Remaining(0, 0), 2: Remaining(100, 10)}
    assert choose(Acquaintance(talking={1}), remaining) == 1


def test_a_first_contact_goes_to_the_account_with_most_of_them_left() -> None:
    assert choose(STRANGER, {1: Remaining(100, 3), 2: Remaining(50, 4)}) == 2


def test_an_account_that_knows_the_peer_is_preferred_to_one_that_must_look_it_up() -> None:
    assert choose(Acquaintance(knowing={1}), {1: Remaining(5, 1), 2: Remaining(100, 10)}) == 1


def test_an_account_without_first_contacts_left_is_not_chosen_for_one() -> None:
    assert choose(Acquaintance(knowing={1}), {1: Remaining(5, 0), 2: Remaining(100, 10)}) == 2


def test_first_contacts_are_spread_evenly() -> None:
    remaining = {1: Remaining(10, 10), 2: Remaining(10, 10)}
    chosen = Counter[int]()
    for _ in range(8):
        account_id = choose(STRANGER, remaining)
        remaining[account_id].spend(first=True)
        chosen[account_id] += 1
    assert chosen == {1: 4, 2: 4}
