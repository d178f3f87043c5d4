"""The server's RSA key, and the authorization keys of its clients.

An authorization key lives as long as the process. The RSA key is stored in a folder, so that a
client that knows its public half survives a restart of the sandbox.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from telethon.crypto import AuthKey
from telethon.crypto.rsa import get_byte_array
from telethon.tl import TLObject

RSA_BITS = 2048


@dataclass(slots=True, eq=False)
class Credential:
    """An authorization key of the data centre `dc_id`, and the person who is signed in with it.

    `refusal` is the error name for every call that needs a login, once the session was ended.
    `duplicated`: two connections used the key at once, so that it can no longer be used.
    """

    secret: bytes = field(repr=False)
    dc_id: int
    person_id: int | None = None
    refusal: str | None = None
    duplicated: bool = False
    salt: int = field(default_factory=lambda: secrets.randbits(63) | 1)
    id: int = 0

    def __post_init__(self) -> None:
        self.id = AuthKey(self.secret).key_id


class AuthKeys:
    """All authorization keys of one data centre by their id: a key is unknown to the others."""

    def __init__(self, dc_id: int) -> None:
        self.dc_id = dc_id
        self._by_id: dict[int, Credential] = {}

    def add(self, secret: bytes, person_id: int | None = None) -> Credential:
        """Register a key of exactly 256 bytes and return its credential."""
        credential = Credential(secret, self.dc_id, person_id)
        return self._by_id.setdefault(credential.id, credential)

    def find(self, key_id: int) -> Credential | None:
        """Return the credential of a key id; None for an unknown one."""
        return self._by_id.get(key_id)

    def of(self, person_id: int) -> list[Credential]:
        """Return the credentials that are signed in as this person."""
        return [c for c in self._by_id.values() if c.person_id == person_id]


class ServerKey:
    """The RSA key of the handshake, created in `folder` on first use.

    `path` is the public half (PEM, PKCS#1), the value for TELEGRAM_SERVER_KEY.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "server_key.pem"
        private = _load_or_make(folder / "server_key.private.pem")
        public = private.public_key()
        self.path.write_bytes(
            public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
        )
        self._modulus = public.public_numbers().n
        self._exponent = private.private_numbers().d
        parts = (self._modulus, public.public_numbers().e)
        digest = sha1(b"".join(TLObject.serialize_bytes(get_byte_array(n)) for n in parts)).digest()
        self.fingerprint = int.from_bytes(digest[-8:], "little", signed=True)

    def open(self, block: bytes) -> bytes:
        """Decrypt an RSA block of 256 bytes; return the 255 bytes of hash, data and padding."""
        number = pow(int.from_bytes(block, "big"), self._exponent, self._modulus)
        return number.to_bytes(RSA_BITS // 8, "big")[1:]


def _load_or_make(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        # The check of the key takes 30 ms and is needless for a key that this function has made.
        loaded = serialization.load_pem_private_key(
            path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise ValueError(f"{path} holds no RSA key")
        return loaded
    made = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    path.touch(mode=0o600)
    path.write_bytes(
        made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return made
