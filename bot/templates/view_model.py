"""What the preview of a message is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from db.models.contact_list import Member
from db.models.draft import Gap
from db.models.template import Filled, Template, utf16_length


@dataclass(frozen=True, slots=True)
class Preview:
    """A message that is not saved yet, as one person would get it.

    `member` is a person of `list_name`, the newest list, which has `size` people; None while there
    is no list. `gaps` are the placeholders that people of this list have nothing for. `longest`
    is the length of the longest message that the list makes, in UTF-16 units.
    """

    template: Template
    filled: Filled
    list_name: str | None = None
    member: Member | None = None
    size: int = 0
    gaps: tuple[Gap, ...] = ()
    longest: int = 0

    @property
    def fits(self) -> bool:
        """Whether Telegram would take the message as this person gets it."""
        return utf16_length(self.filled.text) <= self.template.most_units
