"""A campaign that is being built: whom its lists reach, and what its message lacks for them."""

from __future__ import annotations

from dataclasses import dataclass

TEST_MESSAGES = 10  # a test sends the first few only, to the account's own Saved Messages


@dataclass(frozen=True, slots=True)
class Gap:
    """A placeholder that some people have nothing for; they get `fallback`, which may be ""."""

    field: str
    fallback: str
    people: int


@dataclass(frozen=True, slots=True)
class Unusable:
    """The names of what was chosen for a draft and can no longer be, or not yet, sent to or sent.

    A draft with any of it cannot start.
    """

    deleted_lists: tuple[str, ...] = ()
    unsaved_lists: tuple[str, ...] = ()  # their import has not ended
    deleted_template: str | None = None

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self.deleted_lists or self.unsaved_lists or self.deleted_template is not None)


@dataclass(frozen=True, slots=True)
class Audience:
    """The people of a draft's lists, each counted once.

    `suppressed` of them are on the stop list; `unreachable` others could not be reached before.
    """

    people: int
    suppressed: int
    unreachable: int

    @property
    def left(self) -> int:
        """How many may be written to."""
        return self.people - self.suppressed - self.unreachable
