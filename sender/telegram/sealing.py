"""Seals sessions at rest with AES-256-GCM under a key derived from SECRET_KEY by HKDF (RFC 5869).

A sealed session opens only for the account and the installation that it was sealed for, which are
the additional authenticated data. It begins with the id of the key, so that a wrong SECRET_KEY is
not taken for damage.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_ID_BYTES, NONCE_BYTES = 4, 12


class CannotUnseal(Exception):
    """The session cannot be opened; str() is a sentence for the operator."""


class OtherKey(CannotUnseal):
    """The session was sealed under another SECRET_KEY; it is not damaged."""


class Sealer:
    """Seals and unseals session texts. `secret_key` is the text of the setting SECRET_KEY."""

    def __init__(self, secret_key: str, installation_id: UUID) -> None:
        derive = HKDF(SHA256(), length=32, salt=None, info=b"predlagator: sessions at rest")
        key = derive.derive(secret_key.encode())
        self._cipher = AESGCM(key)
        self._key_id = sha256(b"key id" + key).digest()[:KEY_ID_BYTES]
        self._installation_id = installation_id

    def fits(self, sealed: bytes) -> bool:
        """Return whether this was sealed under this key."""
        return sealed[:KEY_ID_BYTES] == self._key_id

    def seal(self, session: str, user_id: int) -> bytes:
        """Return the bytes to store for the account with this Telegram user id."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, session.encode(), self._context(user_id))
        return self._key_id + nonce + sealed

    def unseal(self, sealed: bytes, user_id: int) -> str:
        """Return the session's text.

        OtherKey when it was sealed under another key; CannotUnseal when it is damaged or belongs to
        another account or installation.
        """
        rest = sealed[KEY_ID_BYTES:]
        if not self.fits(sealed):
            raise OtherKey(
                "SECRET_KEY is not the one that the accounts' sessions were sealed with: "
                "put the old one back, or sign the accounts in again with `predlagator login`."
            )
        try:
            nonce, secret = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, secret, self._context(user_id)).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotUnseal(
                "The stored session is damaged or belongs to another account: sign the account "
                "in again with `predlagator login`."
            ) from error

    def _context(self, user_id: int) -> bytes:
        return f"session|{user_id}|{self._installation_id}".encode()
