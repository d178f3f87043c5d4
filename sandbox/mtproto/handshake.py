"""The Diffie-Hellman exchange that creates an authorization key.

core.telegram.org/mtproto/auth_key: three requests and three answers, all unencrypted. The numbers
are chosen for speed: a small pq, and Telegram's well-known prime, which clients accept without
testing it.
"""

from __future__ import annotations

import secrets
import time
from hashlib import sha1
from typing import Any

from telethon import helpers
from telethon.crypto import AES, AuthKey
from telethon.crypto.rsa import get_byte_array
from telethon.extensions import BinaryReader
from telethon.tl import functions, types

from sandbox.mtproto.keys import AuthKeys, ServerKey
from sandbox.mtproto.numbers import GENERATOR, KEY_BYTES, PRIME

P, Q = 7919, 104729


class HandshakeError(Exception):
    """The client sent a request out of order, or data that cannot be decrypted."""


class Handshake:
    """The exchange of one connection; the client may start it again at any time."""

    def __init__(self, keys: AuthKeys, server_key: ServerKey) -> None:
        self._keys = keys
        self._server_key = server_key
        self._nonce = self._server_nonce = self._new_nonce = self._a = 0
        self._aes: tuple[bytes, bytes] | None = None

    def answer(self, request: Any) -> Any:
        """Return the TL object that answers this unencrypted request; raises `HandshakeError`."""
        match request:
            case functions.ReqPqMultiRequest() | functions.ReqPqRequest():
                return self._begin(request)
            case functions.ReqDHParamsRequest() if request.server_nonce == self._server_nonce:
                return self._offer(request)
            case functions.SetClientDHParamsRequest() if request.server_nonce == self._server_nonce:
                return self._settle(request)
        raise HandshakeError(f"{type(request).__name__} is out of turn")

    def _begin(self, request: Any) -> Any:
        self._nonce, self._aes = request.nonce, None
        self._server_nonce = _signed(secrets.token_bytes(16))
        return types.ResPQ(
            nonce=self._nonce,
            server_nonce=self._server_nonce,
            pq=get_byte_array(P * Q),
            server_public_key_fingerprints=[self._server_key.fingerprint],
        )

    def _offer(self, request: Any) -> Any:
        opened = self._server_key.open(request.encrypted_data)
        inner = BinaryReader(opened[20:]).tgread_object()
        if not opened.startswith(sha1(bytes(inner)).digest()) or inner.nonce != self._nonce:
            raise HandshakeError("the encrypted data is not ours")
        self._new_nonce = inner.new_nonce
        self._aes = helpers.generate_key_data_from_nonce(self._server_nonce, self._new_nonce)
        self._a = secrets.randbits(2048)
        offer = bytes(
            types.ServerDHInnerData(
                nonce=self._nonce,
                server_nonce=self._server_nonce,
                g=GENERATOR,
                dh_prime=PRIME.to_bytes(KEY_BYTES, "big"),
                g_a=pow(GENERATOR, self._a, PRIME).to_bytes(KEY_BYTES, "big"),
                server_time=int(time.time()),
            )
        )
        return types.ServerDHParamsOk(
            nonce=self._nonce,
            server_nonce=self._server_nonce,
            encrypted_answer=AES.encrypt_ige(_padded(sha1(offer).digest() + offer), *self._aes),
        )

    def _settle(self, request: Any) -> Any:
        if self._aes is None or len(request.encrypted_data) % 16:
            raise HandshakeError("the client's half came before the offer")
        opened = AES.decrypt_ige(request.encrypted_data, *self._aes)
        inner = BinaryReader(opened[20:]).tgread_object()
        shared = pow(int.from_bytes(inner.g_b, "big"), self._a, PRIME)
        if shared.bit_length() <= (KEY_BYTES - 1) * 8:
            # Telethon strips leading zeros: its key would be shorter than this one.
            return types.DhGenRetry(self._nonce, self._server_nonce, self._hash(shared, 2))
        self._keys.add(shared.to_bytes(KEY_BYTES, "big"))
        return types.DhGenOk(self._nonce, self._server_nonce, self._hash(shared, 1))

    def _hash(self, shared: int, number: int) -> int:
        key = AuthKey(get_byte_array(shared))
        return int(key.calc_new_nonce_hash(self._new_nonce, number))


def _signed(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=True)


def _padded(data: bytes) -> bytes:
    return data + secrets.token_bytes(-len(data) % 16)
