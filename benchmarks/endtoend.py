"""The whole product, one process with its bot, scheduler and Telethon, against the sandbox.

The sandbox and Postgres share the machine, so the product alone would send more messages per
second. The processor time is that of the product's process only.
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
PER_SECOND = 5_000  # above what the product can send, so the rate does not limit it
FIRST_PERSON = 1  # benchmarks.rows numbers its contacts from 1
TIMEOUT_SECONDS = 120.0

COUNT_SENT = "SELECT sent FROM campaigns WHERE id = $1"

LIFT_CAPS = """
UPDATE account_caps SET per_minute = 1000000, per_day = 10000000, first_per_day = 10000000,
    first_apart_seconds = 0, lookups_per_day = 10000000, lookup_apart_seconds = 0
"""
ADD_PEERS = """
WITH added AS (
    INSERT INTO persons (kind, peer_id) SELECT 'user', id FROM unnest($2::bigint[]) AS id
    RETURNING id, peer_id
), identified AS (
    UPDATE contacts SET person_id = added.id, identified_at = now() FROM added
    WHERE contacts.user_id = added.peer_id
)
INSERT INTO peers (account_id, person_id, access_hash)
SELECT $1, added.id, hash
FROM unnest($2::bigint[], $3::bigint[]) AS peer (user_id, hash)
JOIN added ON added.peer_id = peer.user_id
"""
JOIN_CAMPAIGN = "INSERT INTO campaign_accounts (campaign_id, account_id) VALUES ($1, $2)"
SET_RATE = "UPDATE campaigns SET rate_count = $2, rate_seconds = 1 WHERE id = $1"


async def bench() -> Table:
    """Return messages per second, processor time per message, and memory use."""
    async with running_product() as (database, sandbox, product, account_id):
        await product.start()
        process = process_of(product)
        async with database.connection() as connection:
            campaign_id = await paused_campaign(connection, account_id, PEOPLE, sandbox)
            await connection.execute(SET_RATE, campaign_id, PER_SECOND)
            used, began = _cpu_seconds(process), time.perf_counter()
            await campaigns.advance(connection, campaign_id, CampaignEvent.RESUME)
            await _until_sent(connection, campaign_id, PEOPLE)
            took, used = time.perf_counter() - began, _cpu_seconds(process) - used
            idle = process.memory_info().rss
            million_id = await paused_campaign(connection, account_id, MILLION)
            await connection.execute(SET_RATE, million_id, 1)
            await campaigns.advance(connection, million_id, CampaignEvent.RESUME)
            await _until_sent(connection, million_id, 1)
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
        notes=f"{PEOPLE:,} people whose peers the account has, at a rate that is never reached. "
        "The sandbox shares the machine and syncs its log to the disk before each answer.",
    )


@asynccontextmanager
async def running_product() -> AsyncIterator[tuple[Database, Sandbox, Product, int]]:
    """Yield a migrated database, a sandbox with PEOPLE people, the product and its account's id.

    The product is not started.
    """
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
                DATABASE_URL=database.dsn.url(),
                SECRET_KEY=secret_key,
            )
            try:
                yield database, sandbox, product, account.id
            finally:
                await product.stop()


async def paused_campaign(
    connection: Connection, account_id: int, count: int, sandbox: Sandbox | None = None
) -> int:
    """Add a paused campaign and return its id; with a `sandbox` the account knows its peers."""
    campaign_id = await add_campaign(connection, count, status="paused")
    await connection.execute(LIFT_CAPS)
    await connection.execute(JOIN_CAMPAIGN, campaign_id, account_id)
    if sandbox is not None:
        ids = range(FIRST_PERSON, FIRST_PERSON + count)
        hashes = [sandbox.mtproto.access_hash(SENDER_ID, person_id) for person_id in ids]
        await connection.execute(ADD_PEERS, account_id, list(ids), hashes)
    return campaign_id


async def _until_sent(connection: Connection, campaign_id: int, count: int) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await connection.fetchval(COUNT_SENT, campaign_id) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def process_of(product: Product) -> psutil.Process:
    """Return the product's process, which has the product's folder as its working directory."""
    folder = str(product.folder)
    mine = psutil.Process().children()
    return next(child for child in mine if child.cwd() == folder)


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
