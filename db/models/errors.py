"""The errors of db.

DataError
├── NotFound         the row does not exist
├── Conflict         the row's status does not allow this
├── NotAllowed       the row belongs to another admin, and the role may only see it
├── DatabaseDown     no connection, or none in time; the sentence says what to check
├── MigrationError   the schema cannot be brought up to date (db.migrate)
└── AlreadyRunning   another process has the name (db.process_lock)
"""

from __future__ import annotations


class DataError(Exception):
    """The root of all errors that db raises itself."""


class NotFound(DataError):
    """`noun` with `noun_id` does not exist."""

    def __init__(self, noun: str, noun_id: int) -> None:
        super().__init__(f"{noun} {noun_id} does not exist")
        self.noun, self.noun_id = noun, noun_id


class Conflict(DataError):
    """The row's present status does not allow the event."""

    def __init__(self, noun: str, noun_id: int, status: str, event: str) -> None:
        super().__init__(f"{noun} {noun_id} is {status}: it cannot {event}")
        self.noun, self.noun_id, self.status, self.event = noun, noun_id, status, event


class NotAllowed(DataError):
    """The admin's role does not let them change this row."""

    def __init__(self, noun: str, noun_id: int, admin_id: int) -> None:
        super().__init__(f"{noun} {noun_id} is not for admin {admin_id} to change")
        self.noun, self.noun_id, self.admin_id = noun, noun_id, admin_id


class DatabaseDown(DataError):
    """The database cannot be reached. str() is a sentence for the operator, without secrets."""
