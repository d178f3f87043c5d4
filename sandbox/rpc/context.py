"""The state that all methods share: the world, and what the MTProto server remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.mtproto import Session
from sandbox.rpc.file_references import FileReferences
from sandbox.rpc.peers import Peers
from sandbox.rpc.phone_lookups import PhoneLookups
from sandbox.rpc.random_ids import RandomIds
from sandbox.rpc.srp import Challenge
from sandbox.rpc.uploads import Uploads
from sandbox.world import World

# The data centre at which clients begin, and which holds the files; and a second one.
DC_ID, SECOND_DC_ID = 2, 4


@dataclass(slots=True)
class Login:
    """A sign-in in progress on one authorization key.

    `person_id` is set after the right code, or after that person has scanned the QR code.
    """

    phone: str
    code_hash: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShownToken:
    """A QR code that the client of `session` shows; `expires` is in Unix seconds."""

    session: Session
    expires: int


@dataclass(frozen=True, slots=True)
class ExportedSignIn:
    """A sign-in of this person that the data centre `dc_id` may take over."""

    person_id: int
    dc_id: int


@dataclass(slots=True)
class Context:
    """`addresses` holds the (host, port) of each data centre."""

    world: World
    peers: Peers
    references: FileReferences
    addresses: dict[int, tuple[str, int]] = field(default_factory=dict)
    random_ids: RandomIds = field(default_factory=RandomIds)
    phone_lookups: PhoneLookups = field(default_factory=PhoneLookups)
    uploads: Uploads = field(default_factory=Uploads)
    logins: dict[int, Login] = field(default_factory=dict)
    login_tokens: dict[bytes, ShownToken] = field(default_factory=dict)
    exported: dict[bytes, ExportedSignIn] = field(default_factory=dict)
    challenges: dict[int, Challenge] = field(default_factory=dict)
