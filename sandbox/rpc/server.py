"""The MTProto server as one object, with operations for tests."""

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
    """The server that Telethon connects to. `folder` holds its RSA key.

    Signed-in sessions live as long as this object; clients may reconnect with them. `references`
    sets the lifetime of file references and can expire them. `phone_lookups` limits how fast an
    account may find people by their numbers.
    """

    def __init__(self, world: World, faults: Faults, folder: Path) -> None:
        peers = Peers(world)
        self.references = FileReferences(peers)
        self._context = Context(world, peers, self.references)
        self.phone_lookups = self._context.phone_lookups
        self._keys = AuthKeys()
        self._server_key = ServerKey(folder)
        dispatcher = Dispatcher(self._context, faults)
        self._listener = Listener(self._keys, self._server_key, dispatcher)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        await self._listener.start(host, port)
        self._context.address = (self.host, self.port)

    async def close(self) -> None:
        """Stop listening and abort all connections."""
        await self._listener.close()

    @property
    def host(self) -> str:
        return self._listener.host

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def key_path(self) -> Path:
        """The public RSA key (PEM, PKCS#1) that a client needs for the handshake."""
        return self._server_key.path

    def issue_session(self, person_id: int) -> str:
        """Return a Telethon `StringSession` signed in as this person."""
        if person_id not in self._context.world.people:
            raise LookupError(f"Nobody has the id {person_id}")
        secret = b"\x01" + secrets.token_bytes(KEY_BYTES - 1)
        self._keys.add(secret, person_id)
        address = ipaddress.ip_address(self.host).packed
        packed = struct.pack(f">B{len(address)}sH256s", DC_ID, address, self.port, secret)
        return "1" + urlsafe_b64encode(packed).decode()

    def scan_qr_code(self, url: str, person_id: int) -> None:
        """Scan the `tg://login?token=…` that a client shows, as this person."""
        scan(self._context, url, self._context.world.people[person_id])

    def access_hash(self, viewer_id: int, target_id: int) -> int:
        """Return the access hash with which one person may address another, or a channel."""
        return self._context.peers.access_hash(viewer_id, target_id)

    def drop_connections(self, person_id: int | None = None) -> None:
        """Abort every connection, or those of one person."""
        self._listener.cut(person_id)

    def revoke(self, person_id: int, error: str = "AUTH_KEY_UNREGISTERED") -> None:
        """End this person's sessions: calls that need a login fail with `error` from now on.

        Connected clients are sent UpdatesTooLong, so that their next request learns of it at once.
        """
        for credential in self._keys.of(person_id):
            credential.refusal = error
        self._listener.push(person_id, types.UpdatesTooLong())
