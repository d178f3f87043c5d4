"""`python -m sandbox`: a local Telegram by itself, for any bot and any Telethon program.

Standard output gets settings, one a line: the four that point a product at it, the control's and
the chat page's address. Standard error says who lives there. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from sandbox.control import ControlServer
from sandbox.ports import PortTaken
from sandbox.server import Sandbox
from sandbox.web import WebChat

BOT_ID, OWNER_ID, SENDER_ID = 7000000001, 1001, 1002
BOT_TOKEN = f"{BOT_ID}:AAlocal-telegram-for-trying-things"
RECIPIENTS = (
    ("Emma", "emma", "15550000001"),
    ("Liam", None, "15550000002"),
    ("Иван", "ivan", "79990000003"),
)
PORTS = {"bot-api": 8081, "dc": 8082, "control": 8083, "chat": 8084}


def people(sandbox: Sandbox) -> str:
    """Fill the world; says who is in it, for whoever reads the terminal."""
    sandbox.add_bot(BOT_TOKEN, "local_desk_bot", "Campaign desk")
    sandbox.add_person("Owner", id=OWNER_ID, username="owner", phone="15550001001")
    sandbox.add_person("Sender", id=SENDER_ID, username="sender", phone="15550001002")
    for name, username, phone in RECIPIENTS:
        sandbox.add_person(name, username=username, phone=phone)
    return (
        f"bot      @local_desk_bot  {BOT_TOKEN}\n"
        f"owner    {OWNER_ID} @owner\n"
        f"sender   {SENDER_ID} @sender +15550001002, login code 12345\n"
        f"people   {', '.join(f'{name} +{phone}' for name, _, phone in RECIPIENTS)}\n"
        "Ctrl-C ends it.\n"
    )


async def serve(folder: Path, bot_api: int, dc: int, control: int, chat: int) -> None:
    """Until Ctrl-C. Raises `PortTaken`."""
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    sandbox = Sandbox(folder, bot_api, dc)
    residents = people(sandbox)
    page = WebChat(
        sandbox.world,
        sandbox.faults,
        admin_id=OWNER_ID,
        bot_id=BOT_ID,
        sender_id=SENDER_ID,
        bot_api=sandbox.bot_api,
    )
    async with sandbox, ControlServer(sandbox, control) as hand:
        try:
            addresses = {
                "SANDBOX_CONTROL_URL": hand.url,
                "SANDBOX_CHAT_URL": await page.start(port=chat),
            }
            for name, value in (sandbox.environment() | addresses).items():
                sys.stdout.write(f"{name}={value}\n")
            sys.stdout.flush()
            sys.stderr.write(residents)
            await sandbox.bot_api.preload()  # so that a bot's first call is as fast as the others
            await stop.wait()
        finally:
            await page.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Telegram.")
    parser.add_argument("--folder", type=Path, help="for its log and its key (default: temporary)")
    for name, port in PORTS.items():
        words = f"default: {port}; 0: a free one"
        parser.add_argument(f"--{name}-port", type=int, default=port, help=words)
    asked = parser.parse_args()
    ports = asked.bot_api_port, asked.dc_port, asked.control_port, asked.chat_port
    with contextlib.ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            asyncio.run(serve(folder, *ports))
        except PortTaken as taken:
            sys.stderr.write(f"{taken}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
