"""Several accounts on one campaign: who talks with somebody goes on, strangers go where there is
most room."""

from __future__ import annotations

from collections import Counter

from sender.accounts.assignment import Acquaintance, Left, choose

NOBODY = Acquaintance()


def test_who_talks_with_somebody_goes_on_talking() -> None:
    left = {1: Left(0, 0), 2: Left(100, 10)}
    assert choose(Acquaintance(talking={1}), left) == 1


def test_a_stranger_goes_where_most_first_contacts_are_left() -> None:
    assert choose(NOBODY, {1: Left(100, 3), 2: Left(50, 4)}) == 2


def test_who_was_found_before_is_not_looked_up_by_another() -> None:
    assert choose(Acquaintance(knowing={1}), {1: Left(5, 1), 2: Left(100, 10)}) == 1


def test_who_has_no_first_contact_left_leaves_it_to_another() -> None:
    assert choose(Acquaintance(knowing={1}), {1: Left(5, 0), 2: Left(100, 10)}) == 2


def test_strangers_are_spread_evenly() -> None:
    left = {1: Left(10, 10), 2: Left(10, 10)}
    chosen = Counter[int]()
    for _ in range(8):
        account_id = choose(NOBODY, left)
        left[account_id].spend(first=True)
        chosen[account_id] += 1
    assert chosen == {1: 4, 2: 4}
