"""What makes this installation itself; a restored backup keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Installation:
    """The one row of installation. Keys are 32 bytes."""

    id: UUID
    random_id_key: bytes
    suppression_key: bytes
