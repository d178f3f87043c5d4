"""Assigns each delivery its account, once, before its first attempt.

An account that already has a conversation with the contact is preferred. A first contact goes to an
account that may still make one today: preferably one that knows the peer, else the one that may
make the most of them.
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
class Remaining:
    """What an account may still do today; counted down with each assignment.

    `firsts` is how many of its `messages` may be first contacts.
    """

    messages: int
    firsts: int

    def spend(self, *, first: bool) -> None:
        """Count one message down; `first`: it is a first contact."""
        self.messages -= 1
        self.firsts -= first


def choose(known: Acquaintance, remaining: Mapping[int, Remaining]) -> int:
    """Return the best account for a contact among the keys of `remaining`."""

    def worth(account_id: int) -> tuple[bool, bool, bool, int, int, int]:
        left = remaining[account_id]
        talking = account_id in known.talking
        firsts = 0 if talking else max(0, left.firsts)
        knowing = account_id in known.knowing
        return talking, firsts > 0, knowing, firsts, left.messages, -account_id

    return max(remaining, key=worth)


def assign(
    pinned: int | None,
    known: Acquaintance,
    remaining: Mapping[int, Remaining],
    able: Collection[int],
) -> int:
    """Return the account of one delivery out of `able`, and count down what it may still do.

    A delivery that is pinned to an account keeps it. When `remaining` is empty, it gets the first
    account.
    """
    if pinned is not None and pinned in able:
        return pinned
    if not remaining:
        return next(iter(able))
    account_id = choose(known, remaining)
    remaining[account_id].spend(first=account_id not in known.talking)
    return account_id
