"""The TCP transports: core.telegram.org/mtproto/mtproto-transports.

The client chooses one by its first bytes: 0xef is Abridged, 0xeeeeeeee Intermediate. Anything else
is the length of a first packet in Full, which is Telethon's default.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Protocol
from zlib import crc32

MAX_PACKET_BYTES = 4 * 1024 * 1024


class FramingError(Exception):
    """These bytes are not a packet of this transport."""


class Framing(Protocol):
    """One transport of one connection."""

    async def read(self, stream: asyncio.StreamReader) -> bytes:
        """Return the next packet.

        Raises IncompleteReadError at the end of the stream and FramingError on invalid bytes.
        """

    def wrap(self, packet: bytes) -> bytes:
        """Return the packet with its frame."""


class Full:
    """Length, sequence number, packet, CRC-32."""

    def __init__(self, first_length: bytes) -> None:
        self._first_length: bytes | None = first_length
        self._sent = 0

    async def read(self, stream: asyncio.StreamReader) -> bytes:
        head, self._first_length = self._first_length, None
        head = head or await stream.readexactly(4)
        length = _checked(int.from_bytes(head, "little") - 4)
        rest = await stream.readexactly(length)
        if length < 8 or crc32(rest[:-4], crc32(head)) != int.from_bytes(rest[-4:], "little"):
            raise FramingError("the checksum is wrong")
        return rest[4:-4]

    def wrap(self, packet: bytes) -> bytes:
        body = struct.pack("<II", len(packet) + 12, self._sent) + packet
        self._sent += 1
        return body + struct.pack("<I", crc32(body))


class Intermediate:
    """Length, packet."""

    async def read(self, stream: asyncio.StreamReader) -> bytes:
        length = int.from_bytes(await stream.readexactly(4), "little")
        return await stream.readexactly(_checked(length))

    def wrap(self, packet: bytes) -> bytes:
        return struct.pack("<I", len(packet)) + packet


class Abridged:
    """Length in 4-byte words, in one byte or in 0x7f and three bytes; packet."""

    async def read(self, stream: asyncio.StreamReader) -> bytes:
        words = (await stream.readexactly(1))[0]
        if words == 0x7F:
            words = int.from_bytes(await stream.readexactly(3), "little")
        return await stream.readexactly(_checked(words * 4))

    def wrap(self, packet: bytes) -> bytes:
        words = len(packet) // 4
        if words < 0x7F:
            return bytes((words,)) + packet
        return b"\x7f" + words.to_bytes(3, "little") + packet


async def detect(stream: asyncio.StreamReader) -> Framing:
    """Return the transport that the client's first bytes announce."""
    first = await stream.readexactly(1)
    if first == b"\xef":
        return Abridged()
    first += await stream.readexactly(3)
    return Intermediate() if first == b"\xee" * 4 else Full(first)


def _checked(length: int) -> int:
    if not 0 < length <= MAX_PACKET_BYTES:
        raise FramingError(f"a packet cannot have {length} bytes")
    return length
