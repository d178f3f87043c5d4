"""Pages of a list, newest first, with the buttons that turn them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.ui.buttons import Press
from bot.ui.i18n import Translator
from bot.ui.screen import Key

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What one screen shows of a list: `items` from `offset` (counted from 0) on.

    `has_older` says whether the list goes on after them.
    """

    items: tuple[T, ...]
    offset: int
    size: int
    has_older: bool

    @classmethod
    def of(cls, found: Sequence[T], offset: int, size: int) -> Page[T]:
        """Cut a page out of what was found from `offset` on: ask for `size` + 1 or more."""
        return cls(tuple(found[:size]), offset, size, len(found) > size)

    @property
    def is_empty_list(self) -> bool:
        """Whether the list has nothing at all: a page beyond its end is empty, too."""
        return not self.items and not self.offset


def turns(_: Translator, page: Page[T], to: Callable[[int], Press]) -> tuple[Key, ...]:
    """Return the buttons to the pages before and after; `to` makes a press of an offset."""
    keys = []
    if page.offset:
        keys.append(Key(_("‹ Newer"), to(max(0, page.offset - page.size))))
    if page.has_older:
        keys.append(Key(_("Older ›"), to(page.offset + page.size)))
    return tuple(keys)
