"""Assigns each delivery its account, once, at the first attempt; the assignment is never changed.

An account that already has a conversation with the contact is preferred. A first contact goes to
the account that may make the most of them today, and among equals to one that knows the peer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """The accounts that have a conversation with a contact, and those that know its peer."""

    talking: set[int] = field(default_factory=set)
    knowing: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Left:
    """What an account may still do today; counted down with each assignment."""

    messages: int
    firsts: int

    def spend(self, *, first: bool) -> None:
        self.messages -= 1
        self.firsts -= first


def choose(known: Acquaintance, left: Mapping[int, Left]) -> int:
    """Return the best account for a contact among the keys of `left`."""

    def worth(account_id: int) -> tuple[bool, bool, bool, int, int, int]:
        budget = left[account_id]
        talking = account_id in known.talking
        firsts = 0 if talking else max(0, budget.firsts)
        knowing = account_id in known.knowing
        return talking, firsts > 0, knowing, firsts, budget.messages, -account_id

    return max(left, key=worth)


def spend(
    pinned: int | None, known: Acquaintance, left: Mapping[int, Left], able: Collection[int]
) -> int:
    """Return the account of one delivery out of `able`, and count down what it may still do.

    A pinned delivery keeps its account. When `left` is empty, the first account is returned.
    """
    if pinned is not None and pinned in able:
        return pinned
    if not left:
        return next(iter(able))
    account_id = choose(known, left)
    left[account_id].spend(first=account_id not in known.talking)
    return account_id
