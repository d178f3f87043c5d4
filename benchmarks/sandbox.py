"""The sandbox itself, client and server in two processes: is it fast enough never to be in the way?

Telethon and aiogram do the asking, unmodified, so this is also how fast they are.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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

ROUNDS = 3
ONE_BY_ONE, IN_FLIGHT, PER_ACCOUNT, CALLS = 500, 2000, 100, 200
ABREAST, ACCOUNTS, CALLS_ABREAST = 100, 20, 20
UPLOAD = 8 * 2**20
BOT_TOKEN = "7000000001:AAlocal-telegram-for-trying-things"
EMMA = "emma"
DOORS = ("bot-api", "dc", "control", "chat")

Run = Callable[[], Awaitable[float]]


@dataclass(slots=True)
class Clients:
    """Twenty accounts and a bot, connected; the first account does what one does alone."""

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
        lanes = [self.send(0, IN_FLIGHT // ABREAST) for _ in range(ABREAST)]
        return await rate(IN_FLIGHT, lanes)

    async def many_accounts(self) -> float:
        lanes = [self.send(account, PER_ACCOUNT) for account in range(ACCOUNTS)]
        return await rate(PER_ACCOUNT * ACCOUNTS, lanes)

    async def upload(self) -> float:
        work = self.accounts[0].upload_file(self.data, file_name="film.mp4", part_size_kb=512)
        return await rate(UPLOAD / 2**20, [work])

    async def call(self, count: int) -> None:
        for _ in range(count):
            await self.bot.send_message(self.emma_id, "Hello")

    async def calls(self) -> float:
        return await rate(CALLS, [self.call(CALLS)])

    async def calls_abreast(self) -> float:
        return await rate(CALLS, [self.call(CALLS // CALLS_ABREAST) for _ in range(CALLS_ABREAST)])


async def rate(amount: float, lanes: Sequence[Awaitable[Any]]) -> float:
    """How much a second, when these run side by side."""
    began = time.perf_counter()
    await asyncio.gather(*lanes)
    return amount / (time.perf_counter() - began)


@asynccontextmanager
async def serving() -> AsyncIterator[dict[str, str]]:
    """`python -m sandbox` as a process; what it printed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "--folder", folder),
            *(f"--{door}-port=0" for door in DOORS),
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
    """The accounts, added and signed in through the control."""
    async with AsyncExitStack() as stack:
        http = aiohttp.ClientSession(settings["SANDBOX_CONTROL_URL"], raise_for_status=True)
        await stack.enter_async_context(http)

        async def ask(path: str, **body: object) -> Any:
            async with http.post(path, json=body) as response:
                return await response.json()

        accounts, peers = [], []
        for number in range(ACCOUNTS):
            person = await ask("/people", first_name=f"Sender {number}")
            issued = await ask(f"/people/{person['id']}/issue_session")
            client = TelegramClient(StringSession(issued["session"]), 1, "any")
            await client.connect()
            stack.push_async_callback(client.disconnect)
            accounts.append(client)
            peers.append(await client.get_input_entity(EMMA))
        said = await ask(f"/people/{EMMA}/say", to="local_bot", text="/start")
        api = TelegramAPIServer.from_base(settings["TELEGRAM_BOT_API_URL"])
        bot = await stack.enter_async_context(
            Bot(BOT_TOKEN, session=AiohttpSession(api=api)).context()
        )
        await bot.get_me()  # the first call of the Bot API imports its models: not measured
        yield Clients(accounts, peers, bot, said["from"], secrets.token_bytes(UPLOAD))


async def bench() -> Table:
    """What the doors let through in a second, medians of alternated rounds."""
    async with serving() as settings, connected(settings) as clients:
        runs: dict[str, Run] = {
            "MTProto: messages, one after another": clients.one_by_one,
            f"MTProto: messages, {ABREAST} in flight": clients.in_flight,
            f"MTProto: messages, {ACCOUNTS} accounts at once": clients.many_accounts,
            "Bot API: messages, one after another": clients.calls,
            f"Bot API: messages, {CALLS_ABREAST} in flight": clients.calls_abreast,
            "MTProto: upload of one file, MB": clients.upload,
        }
        seen: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, run in runs.items():
                seen[name].append(await run())
    return table(seen)


def table(seen: dict[str, list[float]]) -> Table:
    """Medians, their spread, and each beside the first."""
    medians = {name: median(rates) for name, rates in seen.items()}
    alone, abreast, *_ = medians.values()
    return Table(
        title="The sandbox: what its doors let through",
        columns=("what", "per second", "lowest – highest", "beside the first"),
        rows=[
            (
                name,
                f"{medians[name]:,.0f}",
                f"{min(rates):,.0f} – {max(rates):,.0f}",
                "" if name.endswith("MB") else f"{medians[name] / alone:.2f}×",
            )
            for name, rates in seen.items()
        ],
        goals=[Goal.at_least("in flight, times one after another", 1.5, abreast / alone)],
        notes="Client and server are two processes and share the cores; each message is on the "
        "disk (fsync) before it is answered. Real accounts send a few dozen messages a minute.",
    )
