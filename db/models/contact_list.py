"""A named set of contacts from one upload, and why we may write to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


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
    basis_note: str | None = None
    file_name: str = ""
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Someone of a contact list, with what the file says of them."""

    user_id: int | None
    phone: str | None
    username: str | None
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to be a contact list; `reading` is how it is read, as chosen so far."""

    id: int
    admin_id: int
    file_name: str
    content: bytes
    reading: dict[str, Any] = field(default_factory=dict)
