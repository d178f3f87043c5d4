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
from sandbox.rpc.context import DC_ID, SECOND_DC_ID, Context
from sandbox.rpc.dispatcher import Dispatcher
from sandbox.rpc.file_references import FileReferences
from sandbox.rpc.peers import Peers
from sandbox.rpc.qr import scan
from sandbox.world import World


class MtprotoServer:
    """The server that Telethon connects to, with two data centres. `folder` holds its RSA key.

    Signed-in sessions live as long as this object; clients may reconnect with them. `references`
    sets the lifetime of file references and can expire them. `phone_lookups` limits how fast an
    account may find people by their numbers.
    """

    def __init__(self, world: World, faults: Faults, folder: Path) -> None:
        peers = Peers(world)
        self.references = FileReferences(peers)
        self._context = Context(world, peers, self.references)
        self.phone_lookups = self._context.phone_lookups
        self._server_key = ServerKey(folder)
        dispatcher = Dispatcher(self._context, faults)
        self._centres = {
            dc_id: Listener(AuthKeys(dc_id), self._server_key, dispatcher)
            for dc_id in (DC_ID, SECOND_DC_ID)
        }

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one, as the second data centre does."""
        for dc_id, listener in self._centres.items():
            await listener.start(host, port if dc_id == DC_ID else 0)
            self._context.addresses[dc_id] = (listener.host, listener.port)

    async def close(self) -> None:
        """Stop listening and abort all connections."""
        for listener in self._centres.values():
            await listener.close()

    @property
    def host(self) -> str:
        """The host of the data centre at which clients begin."""
        return self._centres[DC_ID].host

    @property
    def port(self) -> int:
        """The port of the data centre at which clients begin."""
        return self._centres[DC_ID].port

    @property
    def addresses(self) -> dict[int, tuple[str, int]]:
        """The (host, port) of each data centre, as help.getConfig has them."""
        return dict(self._context.addresses)

    @property
    def key_path(self) -> Path:
        """The public RSA key (PEM, PKCS#1) that a client needs for the handshake."""
        return self._server_key.path

    def issue_session(self, person_id: int) -> str:
        """Return a Telethon `StringSession` signed in as this person, at their home."""
        if person_id not in self._context.world.people:
            raise LookupError(f"Nobody has the id {person_id}")
        secret = b"\x01" + secrets.token_bytes(KEY_BYTES - 1)
        dc_id = self._context.world.people[person_id].home_dc or DC_ID
        listener = self._centres[dc_id]
        listener.keys.add(secret, person_id)
        address = ipaddress.ip_address(listener.host).packed
        packed = struct.pack(f">B{len(address)}sH256s", dc_id, address, listener.port, secret)
        return "1" + urlsafe_b64encode(packed).decode()

    def scan_qr_code(self, url: str, person_id: int) -> None:
        """Scan the `tg://login?token=…` that a client shows, as this person."""
        scan(self._context, url, self._context.world.people[person_id])

    def access_hash(self, viewer_id: int, target_id: int) -> int:
        """Return the access hash with which one person may address another, or a channel."""
        return self._context.peers.access_hash(viewer_id, target_id)

    def drop_connections(self, person_id: int | None = None) -> None:
        """Abort every connection, or those of one person."""
        for listener in self._centres.values():
            listener.cut(person_id)

    def revoke(self, person_id: int, error: str = "AUTH_KEY_UNREGISTERED") -> None:
        """End this person's sessions: calls that need a login fail with `error` from now on.

        Connected clients are sent UpdatesTooLong, so that their next request learns of it at once.
        """
        for listener in self._centres.values():
            for credential in listener.keys.of(person_id):
                credential.refusal = error
            listener.push(person_id, types.UpdatesTooLong())
