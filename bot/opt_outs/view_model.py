"""What the screens of the stop list are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from bot.opt_outs.intake.readings import NotUnderstood, Number
from db.models.contact import Identity
from db.models.person import ListedPerson


@dataclass(frozen=True, slots=True)
class Barred:
    """What was typed as `text`, the person that it names, and who carries that name.

    `people` is empty when no contact list has them. `already`: they were barred before, under all
    their names.
    """

    text: str
    identity: Identity
    people: tuple[ListedPerson, ...]
    already: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an /optout: who was barred, what must be asked, what names no person."""

    barred: tuple[Barred, ...] = ()
    to_ask: tuple[Number, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
