"""File references: core.telegram.org/api/file_reference.

A reference is valid for a time and for one account. An old one is refused with
FILE_REFERENCE_EXPIRED; each message that contains the file carries a new one.
"""

from __future__ import annotations

import struct
import time

from sandbox.mtproto import refuse
from sandbox.rpc.peers import Peers

LIFETIME = 24 * 3600.0
LAYOUT = struct.Struct(">dIq")


class FileReferences:
    """`lifetime` is in seconds; a change also applies to references issued before."""

    def __init__(self, peers: Peers) -> None:
        self.lifetime = LIFETIME
        self._peers = peers
        self._generation = 0

    def expire(self) -> None:
        """Expire all references issued so far."""
        self._generation += 1

    def issue(self, viewer: int, media_id: int) -> bytes:
        """Return a new reference to a file for this viewer."""
        issued = (time.time(), self._generation)
        return LAYOUT.pack(*issued, self._peers.sign(viewer, media_id, *issued))

    def check(self, viewer: int, media_id: int, reference: bytes) -> None:
        """Raise FILE_REFERENCE_EMPTY, _INVALID for one never issued, _EXPIRED for one too old."""
        if not reference:
            raise refuse("FILE_REFERENCE_EMPTY")
        if len(reference) != LAYOUT.size:
            raise refuse("FILE_REFERENCE_INVALID")
        at, generation, signature = LAYOUT.unpack(reference)
        if signature != self._peers.sign(viewer, media_id, at, generation):
            raise refuse("FILE_REFERENCE_INVALID")
        if generation != self._generation or time.time() - at >= self.lifetime:
            raise refuse("FILE_REFERENCE_EXPIRED")
