"""The whole product – bot, clock, Telethon, Postgres – against the sandbox, in one process.

The sandbox runs beside it on the same machine, so what the product could do with a real Telegram
is more than the messages per second; the processor time is its own. Postgres is not counted in.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.report import Goal, Table
from benchmarks.rows import add_campaign, open_fresh
from db.models.campaign import CampaignEvent
from db.pool import Connection, Database
from db.queries import campaigns
from demo.product import Product
from demo.sample import ADMIN_ID, BOT_TOKEN
from sandbox.server import Sandbox
from sender.accounts.login import adopt_session
from sender.telegram.connect import TelegramAccess, TelegramAddress

PEOPLE, MILLION = 3_000, 1_000_000
SENDER_ID = 9_000_001
PER_SECOND = 5_000  # more than it can: what is measured is the product, not the rate
FIRST_PERSON = 1  # contacts are made with the ids 1, 2, 3 …
PATIENCE = 120.0

COUNT_SENT = "SELECT sent FROM campaigns WHERE id = $1"

LIFT_CAPS = """
UPDATE account_caps SET per_minute = 1000000, per_day = 10000000, first_per_day = 10000000,
    first_apart_seconds = 0, lookups_per_day = 10000000
"""
INTRODUCE = """
INSERT INTO peers (account_id, contact_id, kind, peer_id, access_hash)
SELECT $1, id, 'user', user_id, hash
FROM unnest($2::bigint[], $3::bigint[]) AS met (person_id, hash)
JOIN contacts ON contacts.user_id = met.person_id
"""
JOIN_CAMPAIGN = "INSERT INTO campaign_accounts (campaign_id, account_id) VALUES ($1, $2)"
SET_RATE = "UPDATE campaigns SET rate_count = $2, rate_seconds = 1 WHERE id = $1"


async def bench() -> Table:
    """Messages per second, processor time per message, memory with a million rows to go."""
    async with running_product() as (database, sandbox, product, account_id):
        await product.start()
        process = process_of(product)
        async with database.connection() as connection:
            campaign_id = await _campaign(connection, account_id, PEOPLE, sandbox)
            await connection.execute(SET_RATE, campaign_id, PER_SECOND)
            used, began = _seconds(process), time.perf_counter()
            await campaigns.advance(connection, campaign_id, CampaignEvent.RESUME)
            await _until_sent(connection, campaign_id, PEOPLE)
            took, used = time.perf_counter() - began, _seconds(process) - used
            idle = process.memory_info().rss
            much = await _campaign(connection, account_id, MILLION)
            await connection.execute(SET_RATE, much, 1)
            await campaigns.advance(connection, much, CampaignEvent.RESUME)
            await _until_sent(connection, much, 1)
            laden = process.memory_info().rss
    return Table(
        title="The whole product, end to end",
        columns=("one process", "measured"),
        rows=[
            ("messages per second", f"{PEOPLE / took:,.0f}"),
            ("processor time per message, ms", f"{used / PEOPLE * 1000:.2f}"),
            ("memory after that, MB", f"{idle / 2**20:.0f}"),
            ("memory with a million rows pending, MB", f"{laden / 2**20:.0f}"),
        ],
        goals=[
            Goal.at_least("messages per second", 500, PEOPLE / took),
            Goal.at_most("processor time per message, ms", 1, used / PEOPLE * 1000),
        ],
        notes=f"{PEOPLE:,} people whom the account knows already, at a rate that is never reached. "
        "The sandbox shares the machine and syncs its log to the disk before each answer.",
    )


@asynccontextmanager
async def running_product() -> AsyncIterator[tuple[Database, Sandbox, Product, int]]:
    """A town, a database of the product's own, and the product, not started yet."""
    secret_key = secrets.token_urlsafe(32)
    with TemporaryDirectory(prefix="predlagator-bench-") as folder:
        async with open_fresh() as database, Sandbox(Path(folder) / "telegram") as sandbox:
            sandbox.add_bot(BOT_TOKEN, "campaign_desk_bot", "Campaign desk")
            sandbox.add_person("Anna", id=ADMIN_ID)
            sandbox.add_person("Olga", id=SENDER_ID, username="olga_sends")
            for n in range(FIRST_PERSON, FIRST_PERSON + PEOPLE):
                sandbox.add_person(f"P{n}", id=n)
            pem = sandbox.server_key_path.read_text(encoding="ascii")
            address = TelegramAddress(sandbox.dc_host, sandbox.dc_port, pem)
            access = TelegramAccess(12345, "0123456789abcdef0123456789abcdef", address)
            session = sandbox.issue_session(SENDER_ID)
            account = await adopt_session(database, secret_key, access, session)
            product = Product(
                Path(folder) / "product",
                sandbox.environment(),
                DATABASE_URL=database.dsn,
                SECRET_KEY=secret_key,
            )
            try:
                yield database, sandbox, product, account.id
            finally:
                await product.stop()


async def _campaign(
    connection: Connection, account_id: int, count: int, sandbox: Sandbox | None = None
) -> int:
    """A campaign that waits to be set running; with a `sandbox` its people are known already."""
    campaign_id = await add_campaign(connection, count, status="paused")
    await connection.execute(LIFT_CAPS)
    await connection.execute(JOIN_CAMPAIGN, campaign_id, account_id)
    if sandbox is not None:
        ids = range(FIRST_PERSON, FIRST_PERSON + count)
        hashes = [sandbox.mtproto.access_hash(SENDER_ID, person_id) for person_id in ids]
        await connection.execute(INTRODUCE, account_id, list(ids), hashes)
    return campaign_id


async def _until_sent(connection: Connection, campaign_id: int, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await connection.fetchval(COUNT_SENT, campaign_id) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def process_of(product: Product) -> psutil.Process:
    """The process that runs in the product's folder."""
    folder = str(product.folder)
    mine = psutil.Process().children()
    return next(child for child in mine if child.cwd() == folder)


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
