"""What can go wrong between rows and their readers.

DataError
├── NotFound         the row is not there (any more)
├── Conflict         the row is not in a status that allows this
├── NotAllowed       the row is somebody else's, and the role sees it only
└── DatabaseDown     no connection, or none in time; the sentence says what to check
"""

from __future__ import annotations


class DataError(Exception):
    """The root: catch this to catch all of db's own errors."""


class NotFound(DataError):
    """`noun` with `noun_id` does not exist."""

    def __init__(self, noun: str, noun_id: int) -> None:
        super().__init__(f"{noun} {noun_id} does not exist")
        self.noun, self.noun_id = noun, noun_id


class Conflict(DataError):
    """The act is not lawful in the row's present status."""

    def __init__(self, noun: str, noun_id: int, status: str, event: str) -> None:
        super().__init__(f"{noun} {noun_id} is {status}: it cannot {event}")
        self.noun, self.noun_id, self.status, self.event = noun, noun_id, status, event


class NotAllowed(DataError):
    """The admin's role does not let them change this row."""

    def __init__(self, noun: str, noun_id: int, admin_id: int) -> None:
        super().__init__(f"{noun} {noun_id} is not for admin {admin_id} to change")
        self.noun, self.noun_id, self.admin_id = noun, noun_id, admin_id


class DatabaseDown(DataError):
    """The database cannot be reached; str() is a sentence for the operator, without secrets."""
