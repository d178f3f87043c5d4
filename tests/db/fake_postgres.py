"""A server that speaks the login of Postgres, notes what a driver tells it, and refuses.

The login is that of the frontend/backend protocol 3.0 with a password in clear text.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
ASK_PASSWORD = struct.pack("!cii", b"R", 8, 3)


@dataclass(slots=True)
class FakePostgres:
    port: int = 0
    logins: list[dict[str, str]] = field(default_factory=list)  # the last: password
    tls: ssl.SSLContext | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            await self._log_in(reader, writer)
        writer.close()

    async def _log_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (start := await _body(reader))[:4] in _packed(SSL_REQUEST, GSS_REQUEST):
            if self.tls is not None and start[:4] in _packed(SSL_REQUEST):
                writer.write(b"S")
                await writer.start_tls(self.tls)
            else:
                writer.write(b"N")
        words = start[4:].decode().split("\0")
        login = dict(zip(words[::2], words[1::2], strict=False))
        writer.write(ASK_PASSWORD)
        await reader.readexactly(1)
        login["password"] = (await _body(reader)).rstrip(b"\0").decode()
        self.logins.append(login)
        refusal = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"
        writer.write(struct.pack("!ci", b"E", len(refusal) + 4) + refusal)
        await writer.drain()


async def _body(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    return await reader.readexactly(length - 4)


def _packed(*codes: int) -> list[bytes]:
    return [struct.pack("!i", code) for code in codes]


@asynccontextmanager
async def fake_postgres(tls: ssl.SSLContext | None = None) -> AsyncIterator[FakePostgres]:
    """Serve on 127.0.0.1; with `tls` a client may encrypt."""
    fake = FakePostgres(tls=tls)
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
