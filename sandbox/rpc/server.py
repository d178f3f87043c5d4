"""The MTProto door as a whole: started, given sessions, and handled by tests."""

from __future__ import annotations

import ipaddress
import secrets
import struct
from base64 import urlsafe_b64encode
from pathlib import Path

from telethon.tl import types

from sandbox.faults import Faults
from sandbox.mtproto import AuthKeys, Listener, ServerKey
from sandbox.mtproto.numbers import KEY_BYTES
from sandbox.rpc.context import DC_ID, Context
from sandbox.rpc.dispatcher import Dispatcher
from sandbox.rpc.file_references import FileReferences
from sandbox.rpc.peers import Peers
from sandbox.rpc.qr import scan
from sandbox.world import World


class MtprotoServer:
    """What Telethon dials instead of Telegram. `folder` keeps the server's RSA key.

    Signed-in sessions live as long as this object; a client may come and go with one of them.
    `references` says how long file references are good, and lets them expire.
    """

    def __init__(self, world: World, faults: Faults, folder: Path) -> None:
        peers = Peers(world)
        self.references = FileReferences(peers)
        self._context = Context(world, peers, self.references)
        self._keys = AuthKeys()
        self._server_key = ServerKey(folder)
        dispatcher = Dispatcher(self._context, faults)
        self._listener = Listener(self._keys, self._server_key, dispatcher)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        await self._listener.start(host, port)
        self._context.address = (self.host, self.port)

    async def close(self) -> None:
        await self._listener.close()

    @property
    def host(self) -> str:
        return self._listener.host

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def key_path(self) -> Path:
        """The public key (PEM, PKCS#1) that a client must know to sign in."""
        return self._server_key.path

    def issue_session(self, person_id: int) -> str:
        """A Telethon `StringSession` signed in as this person, without a login."""
        if person_id not in self._context.world.people:
            raise LookupError(f"Nobody has the id {person_id}")
        secret = b"\x01" + secrets.token_bytes(KEY_BYTES - 1)
        self._keys.add(secret, person_id)
        address = ipaddress.ip_address(self.host).packed
        packed = struct.pack(f">B{len(address)}sH256s", DC_ID, address, self.port, secret)
        return "1" + urlsafe_b64encode(packed).decode()

    def scan_qr_code(self, url: str, person_id: int) -> None:
        """This person's phone scans the `tg://login?token=…` that a client shows."""
        scan(self._context, url, self._context.world.people[person_id])

    def access_hash(self, viewer_id: int, target_id: int) -> int:
        """The access hash under which one person may address another, or a channel."""
        return self._context.peers.access_hash(viewer_id, target_id)

    def drop_connections(self, person_id: int | None = None) -> None:
        """Cut every connection, or those of one person, without a goodbye."""
        self._listener.cut(person_id)

    def revoke(self, person_id: int, error: str = "AUTH_KEY_UNREGISTERED") -> None:
        """End this person's sessions: what needs a login is refused with `error` from now on.

        Connected clients are told that there is news, so that they ask and learn of it at once.
        """
        for credential in self._keys.of(person_id):
            credential.refusal = error
        self._listener.push(person_id, types.UpdatesTooLong())
