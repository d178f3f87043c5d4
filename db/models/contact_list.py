"""A contact list: a named set of contacts from one upload, with its legal basis."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Basis(StrEnum):
    """Why these people may be written to; an admin attests it when the list is saved."""

    WROTE_FIRST = "wrote_first"
    CUSTOMER = "customer"
    SUBSCRIBER = "subscriber"
    EVENT = "event"
    OWN_CHANNEL = "own_channel"
    OTHER = "other"  # with a note


@dataclass(frozen=True, slots=True)
class ContactList:
    """One row of contact_lists. `fields` are the placeholders that this list can fill.

    `account_id`: it was made of the people who wrote to this account. None: of a file.
    """

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
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A contact of a list, with the fields of its row in the file."""

    user_id: int | None
    phone: str | None
    username: str | None
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Proof:
    """The message by which a member of a list wrote to an account. `peer_id` is who wrote it."""

    account_id: int
    peer_id: int
    message_id: int
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is to become a contact list.

    `reading` holds the choices so far of how it is read (encoding, delimiter, columns).
    """

    id: int
    admin_id: int
    file_name: str
    content: bytes
    reading: dict[str, Any] = field(default_factory=dict)
