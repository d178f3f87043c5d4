"""The TCP listener and its connections.

On the real server two connections under one authorization key end the session
(AUTH_KEY_DUPLICATED). Here the older connection is first probed, so that a client that was killed,
cut off or frozen can reconnect.
"""

from __future__ import annotations

import asyncio
import logging
import struct
import time
from typing import Any

from telethon.extensions import BinaryReader

from sandbox.background import BackgroundTasks
from sandbox.mtproto.cipher import CipherError, open_packet
from sandbox.mtproto.framing import Framing, FramingError, detect
from sandbox.mtproto.handshake import Handshake, HandshakeError
from sandbox.mtproto.keys import AuthKeys, Credential, ServerKey
from sandbox.mtproto.session import Answerer, Session

log = logging.getLogger(__name__)

PROBE_SECONDS = 0.5
MAX_UNREAD_BYTES = 64 * 1024 * 1024
UNKNOWN_KEY = struct.pack("<i", -404)
PLAIN = struct.Struct("<qqi")


class Listener:
    """Accepts connections on `host`:`port` until closed."""

    def __init__(self, keys: AuthKeys, server_key: ServerKey, answerer: Answerer) -> None:
        self.keys = keys
        self.server_key = server_key
        self.answerer = answerer
        self.connections: set[Connection] = set()
        self.host = ""
        self.port = 0
        # As on the real server, a call that has started takes effect even if its connection ends.
        self.calls = BackgroundTasks()
        self._serving = BackgroundTasks()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one."""
        self._server = await asyncio.start_server(self._accept, host, port)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def close(self) -> None:
        """Stop listening, abort all connections and cancel the running calls."""
        if self._server is not None:
            self._server.close()
        self.cut()
        await self.calls.close()
        await self._serving.close()

    def cut(self, person_id: int | None = None) -> None:
        """Abort every connection, or those of one person."""
        for connection in list(self.connections):
            credential = connection.credential
            if person_id is None or (credential and credential.person_id == person_id):
                connection.cut()

    def push(self, person_id: int, update: Any) -> None:
        """Send a TL object to every connected client of this person."""
        for connection in self.connections:
            session = connection.session
            if session is not None and session.credential.person_id == person_id:
                session.push(update)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.start(Connection(self, reader, writer).serve())

    async def attach(self, newcomer: Connection, credential: Credential) -> None:
        """Bind a connection to its key.

        If an older connection of the key is alive, the session ends for both.
        """
        older = [c for c in self.connections if c.credential is credential and c is not newcomer]
        newcomer.credential = credential
        for connection in older:
            if await connection.is_alive(PROBE_SECONDS):
                credential.duplicated = True
            else:
                connection.cut()


class Connection:
    """One TCP connection. Invalid bytes close it and affect no other connection."""

    def __init__(
        self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.credential: Credential | None = None
        self.session: Session | None = None
        self._listener = listener
        self._reader = reader
        self._writer = writer
        self._framing: Framing | None = None
        self._handshake = Handshake(listener.keys, listener.server_key)
        self._muted = False

    async def serve(self) -> None:
        """Read packets until the client disconnects or sends invalid bytes."""
        self._listener.connections.add(self)
        try:
            self._framing = await detect(self._reader)
            while True:
                packet = await self._framing.read(self._reader)
                if not self._muted:
                    await self._receive(packet)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except (FramingError, CipherError, HandshakeError) as broken:
            log.warning("A connection is closed: %s", broken)
        except Exception as garbage:
            log.warning("A connection is closed after garbage: %r", garbage)
        finally:
            self._listener.connections.discard(self)
            if self.session is not None:
                self.session.close()
            self._writer.close()

    async def _receive(self, packet: bytes) -> None:
        key_id = int.from_bytes(packet[:8], "little")
        if key_id == 0:
            self._shake_hands(packet)
            return
        credential = self._listener.keys.find(key_id)
        if credential is None:
            self.write(UNKNOWN_KEY)
            raise CipherError("nobody has this authorization key")
        message = open_packet(credential.secret, packet)
        if credential is not self.credential:
            await self._listener.attach(self, credential)
        if self.session is None or self.session.id != message.session_id:
            if self.session is not None:
                self.session.close()
            self.session = Session(
                credential,
                message.session_id,
                self,
                self._listener.answerer,
                self._listener.calls,
            )
        self.session.receive(message)

    def _shake_hands(self, packet: bytes) -> None:
        _, _, length = PLAIN.unpack_from(packet)
        request = BinaryReader(packet[PLAIN.size : PLAIN.size + length]).tgread_object()
        body = bytes(self._handshake.answer(request))
        msg_id = int(time.time() * 2**32) & ~3 | 1
        self.write(PLAIN.pack(0, msg_id, len(body)) + body)

    async def is_alive(self, within: float) -> bool:
        """Return whether the client answers a probe within `within` seconds."""
        return self.session is not None and await self.session.is_alive(within)

    # --- used by its session -------------------------------------------------

    def write(self, packet: bytes, *, half: bool = False) -> None:
        """Send a packet in its frame; with `half`, send the first half of the frame and close."""
        if self._muted or self._framing is None or self._writer.is_closing():
            return
        frame = self._framing.wrap(packet)
        self._writer.write(frame[: len(frame) // 2] if half else frame)
        if half:
            self._writer.close()
        elif self._writer.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            log.warning("A connection is cut: its client does not read")
            self.cut()

    def cut(self) -> None:
        """Abort the connection."""
        if not self._writer.is_closing():
            self._writer.transport.abort()

    def mute(self, seconds: float) -> None:
        """Ignore and send nothing for `seconds`, then abort the connection."""
        self._muted = True
        asyncio.get_running_loop().call_later(seconds, self.cut)
