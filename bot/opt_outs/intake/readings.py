"""What something typed behind /optout turned out to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from bot.uploads.intake.identities import RowFault
from db.models.contact import Identity


class Fault(StrEnum):
    """Why something typed names no person."""

    NOT_UNDERSTOOD = auto()
    MAYBE_USERNAME = auto()  # a word without @
    NOT_A_USERNAME = auto()
    TOO_SHORT = auto()
    TOO_LONG = auto()
    TWO_NUMBERS = auto()
    NO_SUCH_NUMBER = auto()  # the country gives out no such phone
    NOT_A_PERSON = auto()  # a link to something else
    INVITATION = auto()
    GROUP = auto()  # the id of a group or channel
    BOTH = auto()  # a phone or an id


@dataclass(frozen=True, slots=True)
class Understood:
    """`text`, as it was typed, names this person."""

    text: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class Number:
    """Digits alone: what they may be, at least one of the three.

    `phone` is one that its country gives out; `loose` are phones of a possible length.
    """

    text: str
    phone: Identity | None
    loose: tuple[Identity, ...]
    user_id: Identity | None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    text: str
    fault: Fault


Reading = Understood | Number | NotUnderstood

FAULTS = {
    RowFault.PHONE_TOO_SHORT: Fault.TOO_SHORT,
    RowFault.PHONE_TOO_LONG: Fault.TOO_LONG,
    RowFault.TWO_NUMBERS: Fault.TWO_NUMBERS,
    RowFault.INVITE_LINK: Fault.INVITATION,
}
