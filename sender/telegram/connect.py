"""Makes, connects and closes Telethon clients, for the sign-in as for sending."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeAlias

from telethon.crypto import rsa
from telethon.tl import functions, types

from sender.telegram.migration import MigratingClient
from sender.telegram.session import KeptSession

Client: TypeAlias = Any  # Telethon carries no types

CLOSE_SECONDS = 5
CATCH_UP_SECONDS = 5  # the longest wait for missed updates; the rest comes while the client works
DC_ID = 2  # the data centre that a client begins with
# An empty session learns the users of the latest dialogs, who can then be addressed by their ids.
_LATEST_DIALOGS = functions.messages.GetDialogsRequest(
    offset_date=None, offset_id=0, offset_peer=types.InputPeerEmpty(), limit=100, hash=0
)


@dataclass(frozen=True, slots=True)
class TelegramAddress:
    """The address of a stand-in for Telegram; `server_key` is its public key, a PKCS#1 PEM."""

    host: str
    port: int
    server_key: str | None = None


@dataclass(frozen=True, slots=True)
class TelegramAccess:
    """What every client needs: the application's id and hash, and where to connect.

    `address` None is Telegram itself.
    """

    api_id: int
    api_hash: str
    address: TelegramAddress | None = None


def make_client(access: TelegramAccess, session: KeptSession, *, retries: int = 0) -> Client:
    """Return a client that neither sleeps, repeats nor reconnects by itself: the engine decides.

    `retries` is how often a request or connection is tried again; the sign-in sets it.
    """
    if access.address is not None:
        if access.address.server_key is not None:
            rsa.add_key(access.address.server_key, old=False)
        if session.dc_id in (0, DC_ID) or session.server_address != access.address.host:
            session.set_dc(DC_ID, access.address.host, access.address.port)
    return MigratingClient(
        session,
        access.api_id,
        access.api_hash,
        request_retries=retries,
        raise_last_call_error=True,
        flood_sleep_threshold=0,
        connection_retries=retries,
        auto_reconnect=False,
        receive_updates=True,
        catch_up=True,
        device_model="Predlagator server",
        app_version=version("predlagator"),
        base_logger="predlagator.telethon",
    )


async def close_client(client: Client) -> None:
    """Disconnect for good; a call in flight is in doubt from here on."""
    with suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await client.disconnect()


async def connect_and_catch_up(client: Client) -> bool:
    """Connect and take in the missed updates; False when the session is signed out."""
    await client.connect()
    if await client.get_me() is None:
        return False
    if not client.session.has_met_people:
        await client(_LATEST_DIALOGS)
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCH_UP_SECONDS):
            await client.session.caught_up.wait()
    return True
