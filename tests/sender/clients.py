"""Clients without an engine, for the tests of the door."""

from __future__ import annotations

from db.pool import Database
from db.queries import installation
from sender.accounts.health import AccountHealth
from sender.background import Signal
from sender.telegram.account_client import HealthMonitor
from sender.telegram.clients import Clients
from sender.telegram.connect import TelegramAccess
from sender.telegram.leases import Leases
from sender.telegram.sealing import Sealer
from tests.sender.product import SECRET_KEY


async def open_clients(
    database: Database,
    access: TelegramAccess,
    key: str = SECRET_KEY,
    name: str = "main",
    health: HealthMonitor | None = None,
) -> Clients:
    """Return the clients of a process that has just started."""
    health = health or AccountHealth(database, Signal())
    async with database.connection() as connection:
        this = await installation.get(connection)
    leases = Leases(database, name)
    await leases.renew()
    return Clients(database, access, Sealer(key, this.id), leases, health)
