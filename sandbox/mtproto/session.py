"""One client's session on one connection: salts, containers, pings and calls.

Service messages (core.telegram.org/mtproto/service_messages) are answered here. Each call runs in a
task of its own, so that a slow one does not delay the others.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import functions, types

from sandbox.background import BackgroundTasks
from sandbox.mtproto.calls import (
    BlackHoled,
    ConnectionCut,
    RpcFailure,
    method_name,
    pack_failure,
    pack_result,
    refuse,
    unwrap,
)
from sandbox.mtproto.cipher import PlainMessage, seal_packet
from sandbox.mtproto.keys import Credential

log = logging.getLogger(__name__)

CONTAINER = struct.pack("<I", 0x73F1F8DC)
GZIP_PACKED = struct.pack("<I", 0x3072CFA1)
MAX_AGE_SECONDS, MAX_AHEAD_SECONDS = 300, 30
ANSWER, PUSH = 1, 3


@dataclass(frozen=True, slots=True)
class Call:
    """An RPC request of a client. `method` is its TL name, "messages.sendMessage"."""

    method: str
    request: Any
    session: Session

    @property
    def credential(self) -> Credential:
        return self.session.credential

    @property
    def account(self) -> int:
        """The id of the person signed in; raises 401 AUTH_KEY_UNREGISTERED without a login."""
        if self.credential.person_id is None:
            raise refuse("AUTH_KEY_UNREGISTERED")
        return self.credential.person_id


Answerer = Callable[[Call], Awaitable[Any]]


class Transport(Protocol):
    """What a session needs of its connection."""

    def write(self, packet: bytes, *, half: bool = False) -> None: ...
    def cut(self) -> None: ...
    def mute(self, seconds: float) -> None: ...


class Session:
    """Exists from the first packet under a session id until its connection closes.

    `subscribed_to` is the person whose events are pushed to it.
    """

    def __init__(
        self,
        credential: Credential,
        session_id: int,
        transport: Transport,
        answerer: Answerer,
        work: BackgroundTasks,
    ) -> None:
        self.credential = credential
        self.id = session_id
        self.declines_updates = False
        self.subscribed_to: int | None = None
        self.when_closed: list[Callable[[], None]] = []
        self._transport = transport
        self._answerer = answerer
        self._work = work
        self._last_msg_id = 0
        self._sent = 0
        self._greeted = False
        self._probe: asyncio.Future[bool] | None = None

    # --- from the client ----------------------------------------------------

    def receive(self, message: PlainMessage) -> None:
        """Handle one decrypted message; answers are sent now or later."""
        age = time.time() - (message.msg_id >> 32)
        if not -MAX_AHEAD_SECONDS <= age <= MAX_AGE_SECONDS:
            code = 16 if age > 0 else 17
            self._send(types.BadMsgNotification(message.msg_id, message.seq_no, code))
            return
        if message.salt != self.credential.salt:
            salt = self.credential.salt
            self._send(types.BadServerSalt(message.msg_id, message.seq_no, 48, salt))
            return
        if not self._greeted:
            self._greeted = True
            self._send(types.NewSessionCreated(message.msg_id, self.id, self.credential.salt))
        self._take(message.msg_id, message.body)

    def _take(self, msg_id: int, body: bytes) -> None:
        head = body[:4]
        if head == CONTAINER:
            # Telethon's reader would reject the whole container for one unknown request.
            offset, count = 8, int.from_bytes(body[4:8], "little")
            for _ in range(count):
                inner_id, _, length = struct.unpack_from("<qii", body, offset)
                self._take(inner_id, body[offset + 16 : offset + 16 + length])
                offset += 16 + length
        elif head == GZIP_PACKED:
            self._take(msg_id, gzip.decompress(BinaryReader(body[4:]).tgread_bytes()))
        else:
            try:
                request = BinaryReader(body).tgread_object()
            except TypeNotFoundError as unknown:
                number = f"0x{unknown.invalid_constructor_id:08x}"
                log.error("A client sent the constructor %s, which no layer has", number)
                failure = RpcFailure(400, f"SANDBOX_UNKNOWN_METHOD_{number}")
                self._send(pack_failure(msg_id, failure), ANSWER)
            else:
                self._sort(msg_id, request)

    def _sort(self, msg_id: int, request: Any) -> None:
        match request:
            case types.MsgsAck():
                pass
            case functions.PingRequest() | functions.PingDelayDisconnectRequest():
                self._send(types.Pong(msg_id, request.ping_id), ANSWER)
            case functions.GetFutureSaltsRequest():
                now = int(time.time())
                salt = types.FutureSalt(now, now + 86_400, self.credential.salt)
                self._send(types.FutureSalts(msg_id, now, [salt]), ANSWER)
            case functions.DestroySessionRequest():
                self._send(types.DestroySessionNone(request.session_id), ANSWER)
            case types.MsgsStateReq():
                self._send(types.MsgsStateInfo(msg_id, b"\x04" * len(request.msg_ids)), ANSWER)
            case types.MsgsStateInfo():
                self._resolve_probe(True)
            case _:
                self._work.start(self._answer(msg_id, request))

    async def _answer(self, msg_id: int, wrapped: Any) -> None:
        request, silent = unwrap(wrapped)
        self.declines_updates |= silent
        call = Call(method_name(request), request, self)
        try:
            body = pack_result(msg_id, await self._answerer(call))
        except RpcFailure as failure:
            body = pack_failure(msg_id, failure)
        except ConnectionCut as cut:
            if cut.answer is not None:
                self._send(pack_result(msg_id, cut.answer), ANSWER, half=True)
            self._transport.cut()
            return
        except BlackHoled as hole:
            self._transport.mute(hole.seconds)
            return
        except Exception:
            log.exception("%s broke the sandbox", call.method)
            body = pack_failure(msg_id, RpcFailure(500, f"SANDBOX_BROKEN_{call.method}"))
        self._send(body, ANSWER)

    # --- to the client ------------------------------------------------------

    def push(self, update: Any) -> None:
        """Send a TL object without a request."""
        self._send(update, PUSH)

    def _send(self, message: Any, kind: int = PUSH, *, half: bool = False) -> None:
        body = message if isinstance(message, bytes) else bytes(message)
        floor = int(time.time() * 2**32) & ~3
        self._last_msg_id = max(floor, (self._last_msg_id & ~3) + 4) | kind
        seq_no, self._sent = self._sent * 2 + 1, self._sent + 1
        opened = PlainMessage(self.credential.salt, self.id, self._last_msg_id, seq_no, body)
        packet = seal_packet(self.credential.secret, self.credential.id, opened)
        self._transport.write(packet, half=half)

    # --- closing -------------------------------------------------------------

    async def is_alive(self, within: float) -> bool:
        """Probe the client; return False when it disconnects or stays silent for `within` seconds.

        A killed client disconnects; a frozen one stays silent.
        """
        if self._probe is None:
            self._probe = asyncio.get_running_loop().create_future()
            self.push(types.MsgsStateReq([self._last_msg_id]))
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(self._probe)
        except TimeoutError:
            return False

    def _resolve_probe(self, alive: bool) -> None:
        if self._probe is not None and not self._probe.done():
            self._probe.set_result(alive)

    def close(self) -> None:
        """End the session and run what was registered in `when_closed`."""
        self._resolve_probe(False)
        for act in self.when_closed:
            act()
        self.when_closed.clear()
