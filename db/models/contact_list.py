"""A named set of contacts from one upload, and why we may write to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Basis(StrEnum):
    """Why we may write to these people; a named admin attests it at upload."""

    WROTE_FIRST = "wrote_first"
    CUSTOMER = "customer"
    SUBSCRIBER = "subscriber"
    EVENT = "event"
    OWN_CHANNEL = "own_channel"
    OTHER = "other"  # with a note


@dataclass(frozen=True, slots=True)
class ContactList:
    """One row of contact_lists. `fields` are the placeholders that this list can fill."""

    id: int
    name: str
    basis: Basis
    size: int
    fields: tuple[str, ...]
    attested_by: int
    created_at: datetime
