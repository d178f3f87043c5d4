"""The server's side of the password check (SRP): core.telegram.org/api/srp.

The server keeps a verifier, not the password. It sends a public number B; the client proves with A
and M1 that it knows the password.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from telethon.password import compute_hash
from telethon.tl import types

from sandbox.mtproto.numbers import GENERATOR, KEY_BYTES, PRIME


def _hash(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


def _wide(number: int) -> bytes:
    return number.to_bytes(KEY_BYTES, "big")


PRIME_BYTES, GENERATOR_BYTES = _wide(PRIME), _wide(GENERATOR)
MULTIPLIER = int.from_bytes(_hash(PRIME_BYTES, GENERATOR_BYTES), "big")
BOTH = bytes(p ^ g for p, g in zip(_hash(PRIME_BYTES), _hash(GENERATOR_BYTES), strict=True))


@dataclass(frozen=True, slots=True)
class Challenge:
    """One password check. `public` is B; `algorithm` is the TL object with the salts."""

    id: int
    algorithm: Any
    verifier: int
    secret: int
    public: bytes

    def is_met_by(self, a: bytes, proof: bytes) -> bool:
        """Return whether the client's A and M1 prove the password."""
        number = int.from_bytes(a, "big")
        if not 1 < number < PRIME - 1:
            return False
        u = int.from_bytes(_hash(_wide(number), self.public), "big")
        shared = pow(number * pow(self.verifier, u, PRIME) % PRIME, self.secret, PRIME)
        salts = _hash(self.algorithm.salt1) + _hash(self.algorithm.salt2)
        expected = _hash(BOTH, salts, _wide(number), self.public, _hash(_wide(shared)))
        return secrets.compare_digest(expected, proof)


async def challenge(password: str) -> Challenge:
    """Return a new challenge for this password; the hash takes about 0.1 s in a thread."""
    algorithm = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
        salt1=secrets.token_bytes(40), salt2=secrets.token_bytes(16), g=GENERATOR, p=PRIME_BYTES
    )
    x = int.from_bytes(await asyncio.to_thread(compute_hash, algorithm, password), "big")
    verifier = pow(GENERATOR, x, PRIME)
    secret = secrets.randbits(2048)
    public = (MULTIPLIER * verifier + pow(GENERATOR, secret, PRIME)) % PRIME
    return Challenge(secrets.randbits(62), algorithm, verifier, secret, _wide(public))
