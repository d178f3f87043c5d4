"""The sandbox's speed, with client and server in two processes.

The clients are unmodified Telethon and aiogram, so their own cost is part of the figures.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telethon import TelegramClient
from telethon.sessions import StringSession
from telethon.tl import functions

from benchmarks.report import Goal, Table
from benchmarks.rounds import Rates, alternate

ROUNDS = 3
ONE_BY_ONE, IN_FLIGHT, PER_ACCOUNT, CALLS = 500, 2000, 100, 200
CONCURRENT, ACCOUNTS, CALLS_CONCURRENT = 100, 20, 20
UPLOAD = 8 * 2**20
BOT_TOKEN = "7000000001:AAlocal-telegram-for-trying-things"
EMMA = "emma"
SERVERS = ("bot-api", "dc", "control", "chat")


@dataclass(slots=True)
class Clients:
    """ACCOUNTS accounts and a bot, connected; runs of a single account use the first.

    Each run returns its rate per second.
    """

    accounts: list[TelegramClient]
    peers: list[Any]
    bot: Bot
    emma_id: int
    data: bytes

    async def send(self, account: int, count: int) -> None:
        client, peer = self.accounts[account], self.peers[account]
        for _ in range(count):
            number = secrets.randbits(63)
            await client(functions.messages.SendMessageRequest(peer, "Hello", random_id=number))

    async def one_by_one(self) -> float:
        return await rate(ONE_BY_ONE, [self.send(0, ONE_BY_ONE)])

    async def in_flight(self) -> float:
        work = [self.send(0, IN_FLIGHT // CONCURRENT) for _ in range(CONCURRENT)]
        return await rate(IN_FLIGHT, work)

    async def many_accounts(self) -> float:
        work = [self.send(account, PER_ACCOUNT) for account in range(ACCOUNTS)]
        return await rate(PER_ACCOUNT * ACCOUNTS, work)

    async def upload(self) -> float:
        work = self.accounts[0].upload_file(self.data, file_name="film.mp4", part_size_kb=512)
        return await rate(UPLOAD / 2**20, [work])

    async def call(self, count: int) -> None:
        for _ in range(count):
            await self.bot.send_message(self.emma_id, "Hello")

    async def calls(self) -> float:
        return await rate(CALLS, [self.call(CALLS)])

    async def concurrent_calls(self) -> float:
        return await rate(
            CALLS, [self.call(CALLS // CALLS_CONCURRENT) for _ in range(CALLS_CONCURRENT)]
        )


async def rate(amount: float, work: Sequence[Awaitable[Any]]) -> float:
    """Run the work concurrently; return `amount` per second."""
    began = time.perf_counter()
    await asyncio.gather(*work)
    return amount / (time.perf_counter() - began)


@asynccontextmanager
async def serving() -> AsyncIterator[dict[str, str]]:
    """Run `python -m sandbox` as a process; yield the settings it prints."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "--folder", folder),
            *(f"--{server}-port=0" for server in SERVERS),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=Path(__file__).parents[1],
        )
        assert process.stdout is not None
        try:
            lines = [(await process.stdout.readline()).decode().strip() for _ in range(6)]
            yield dict(line.split("=", 1) for line in lines)
        finally:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def connected(settings: dict[str, str]) -> AsyncIterator[Clients]:
    """Add the accounts and issue their sessions through the control server; yield the clients."""
    async with AsyncExitStack() as stack:
        http = aiohttp.ClientSession(settings["SANDBOX_CONTROL_URL"], raise_for_status=True)
        await stack.enter_async_context(http)

        async def post(path: str, **body: object) -> Any:
            async with http.post(path, json=body) as response:
                return await response.json()

        accounts, peers = [], []
        for number in range(ACCOUNTS):
            person = await post("/people", first_name=f"Sender {number}")
            issued = await post(f"/people/{person['id']}/issue_session")
            client = TelegramClient(StringSession(issued["session"]), 1, "any")
            await client.connect()
            stack.push_async_callback(client.disconnect)
            accounts.append(client)
            peers.append(await client.get_input_entity(EMMA))
        started = await post(f"/people/{EMMA}/say", to="local_bot", text="/start")
        api = TelegramAPIServer.from_base(settings["TELEGRAM_BOT_API_URL"])
        bot = await stack.enter_async_context(
            Bot(BOT_TOKEN, session=AiohttpSession(api=api)).context()
        )
        await bot.get_me()  # the first call imports the models of the Bot API, and is not measured
        yield Clients(accounts, peers, bot, started["from"], secrets.token_bytes(UPLOAD))


async def bench() -> Table:
    """Return messages, calls and megabytes per second."""
    async with serving() as settings, connected(settings) as clients:
        runs = {
            "MTProto: messages, one after another": clients.one_by_one,
            f"MTProto: messages, {CONCURRENT} in flight": clients.in_flight,
            f"MTProto: messages, {ACCOUNTS} accounts at once": clients.many_accounts,
            "Bot API: messages, one after another": clients.calls,
            f"Bot API: messages, {CALLS_CONCURRENT} in flight": clients.concurrent_calls,
            "MTProto: upload of one file, MB": clients.upload,
        }
        return table(await alternate(runs, ROUNDS))


def table(rates: Rates) -> Table:
    """Return the medians, their spread, and each as a multiple of the first."""
    medians = {name: median(measured) for name, measured in rates.items()}
    alone, concurrent, *_ = medians.values()
    return Table(
        title="The sandbox",
        columns=("what", "per second", "lowest – highest", "beside the first"),
        rows=[
            (
                name,
                f"{medians[name]:,.0f}",
                f"{min(measured):,.0f} – {max(measured):,.0f}",
                "" if name.endswith("MB") else f"{medians[name] / alone:.2f}×",
            )
            for name, measured in rates.items()
        ],
        goals=[Goal.at_least("in flight, times one after another", 1.5, concurrent / alone)],
        notes="Client and server are two processes and share the cores; each message is on the "
        "disk (fsync) before it is answered. Real accounts send a few dozen messages a minute.",
    )
