"""MTProto 2.0 encryption of packets under one authorization key.

core.telegram.org/mtproto/description: the message key is the middle of a SHA-256 over a part of the
authorization key and the plain text. The part depends on the direction (x = 0 from the client, x =
8 from the server).
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from hashlib import sha256

from telethon.crypto import AES

FROM_CLIENT, FROM_SERVER = 0, 8
ENVELOPE = struct.Struct("<qqqii")


class CipherError(Exception):
    """The packet was not encrypted with this key."""


@dataclass(frozen=True, slots=True)
class PlainMessage:
    """A decrypted message with its envelope; ids are signed 64-bit integers."""

    salt: int
    session_id: int
    msg_id: int
    seq_no: int
    body: bytes


def open_packet(secret: bytes, packet: bytes) -> PlainMessage:
    """Decrypt a packet of the client, with the key id in front; raises `CipherError`."""
    msg_key, sealed = packet[8:24], packet[24:]
    if len(sealed) < 48 or len(sealed) % 16:
        raise CipherError("the packet has no whole blocks")
    plain = AES.decrypt_ige(sealed, *_aes(secret, msg_key, FROM_CLIENT))
    if _message_key(secret, plain, FROM_CLIENT) != msg_key:
        raise CipherError("the message key does not fit")
    salt, session_id, msg_id, seq_no, length = ENVELOPE.unpack_from(plain)
    if not 0 <= length <= len(plain) - ENVELOPE.size:
        raise CipherError("the length does not fit")
    body = plain[ENVELOPE.size : ENVELOPE.size + length]
    return PlainMessage(salt, session_id, msg_id, seq_no, body)


def seal_packet(secret: bytes, key_id: int, message: PlainMessage) -> bytes:
    """Encrypt a message to the client and return the packet."""
    plain = ENVELOPE.pack(
        message.salt, message.session_id, message.msg_id, message.seq_no, len(message.body)
    )
    plain += message.body
    plain += os.urandom(-(len(plain) + 12) % 16 + 12)
    msg_key = _message_key(secret, plain, FROM_SERVER)
    sealed: bytes = AES.encrypt_ige(plain, *_aes(secret, msg_key, FROM_SERVER))
    return struct.pack("<Q", key_id) + msg_key + sealed


def _message_key(secret: bytes, plain: bytes, x: int) -> bytes:
    return sha256(secret[88 + x : 120 + x] + plain).digest()[8:24]


def _aes(secret: bytes, msg_key: bytes, x: int) -> tuple[bytes, bytes]:
    a = sha256(msg_key + secret[x : x + 36]).digest()
    b = sha256(secret[x + 40 : x + 76] + msg_key).digest()
    return a[:8] + b[8:24] + a[24:32], b[:8] + a[8:24] + b[24:32]
