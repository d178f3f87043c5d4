"""The identity of this installation. A restored backup keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Installation:
    """The one row of installation. Both keys have 32 bytes.

    `random_id_key` makes the random ids of messages, so that they are the same after a restore.
    `suppression_key` makes identity hashes.
    """

    id: UUID
    random_id_key: bytes
    suppression_key: bytes
