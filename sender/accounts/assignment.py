"""Which account writes to a contact. Decided once, at the first attempt, and kept for ever.

Whoever talks with somebody goes on talking; a stranger is written to by the account that may make
the most first contacts today, and among equals by one that has found them before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """The accounts that a contact talks with, and those that know how to address them."""

    talking: set[int] = field(default_factory=set)
    knowing: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Left:
    """What an account may still do today; counted down as it is chosen."""

    messages: int
    firsts: int

    def spend(self, *, first: bool) -> None:
        self.messages -= 1
        self.firsts -= first


def choose(known: Acquaintance, left: Mapping[int, Left]) -> int:
    """One of the accounts that may send now, the keys of `left`."""

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
    """The account of one delivery, out of those `able`; what it may still do is counted down.

    It is the one that the delivery is pinned to, if any; with nothing `left` to weigh, the first.
    """
    if pinned is not None and pinned in able:
        return pinned
    if not left:
        return next(iter(able))
    account_id = choose(known, left)
    left[account_id].spend(first=account_id not in known.talking)
    return account_id
