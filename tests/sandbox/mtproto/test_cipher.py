"""Packets can be decrypted and forged only with their key."""

from __future__ import annotations

import secrets

import pytest
from telethon.crypto import AuthKey
from telethon.network.mtprotostate import MTProtoState

from sandbox.mtproto.cipher import CipherError, PlainMessage, open_packet, seal_packet

SECRET = secrets.token_bytes(256)


class Loggers(dict[str, None]):
    def __missing__(self, name: str) -> None:
        return None


def packet_of_a_client() -> bytes:
    state = MTProtoState(AuthKey(SECRET), Loggers())
    return bytes(state.encrypt_message_data(bytes(16) + b"body"))


def test_a_packet_opens_with_its_own_key_only() -> None:
    assert isinstance(open_packet(SECRET, packet_of_a_client()), PlainMessage)
    with pytest.raises(CipherError):
        open_packet(secrets.token_bytes(256), packet_of_a_client())


@pytest.mark.parametrize("at", [8, 23, 24, -1], ids=["key", "key's end", "text", "padding"])
def test_a_changed_bit_breaks_the_packet(at: int) -> None:
    packet = bytearray(packet_of_a_client())
    packet[at] ^= 1
    with pytest.raises(CipherError):
        open_packet(SECRET, bytes(packet))


def test_a_packet_of_the_server_is_no_packet_of_a_client() -> None:
    sealed = seal_packet(SECRET, 0, PlainMessage(1, 2, 5, 1, b"body"))
    with pytest.raises(CipherError):
        open_packet(SECRET, sealed)
