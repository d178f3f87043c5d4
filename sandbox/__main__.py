"""`python -m sandbox`: a local Telegram for any bot and any Telethon program.

Standard output receives settings, one `NAME=value` a line: the four that point a client at the
sandbox, and the URLs of the control server and of the chat page. Standard error lists the people.
SIGINT and SIGTERM stop it.
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
from sandbox.rpc import PHONE_LOOKUP_SECONDS
from sandbox.server import Sandbox
from sandbox.web import WebChat, phones_around

BOT_ID, BOT_TOKEN = 7000000001, "7000000001:AAlocal-telegram-for-trying-things"
BOT_USERNAME = "local_bot"
ALICE_ID = 1001
PEOPLE = (
    ("Alice", ALICE_ID, "alice", "15550001001"),
    ("Bob", 1002, "bob", "15550001002"),
    ("Emma", None, "emma", "15550000001"),
    ("Liam", None, None, "15550000002"),
    ("Иван", None, "ivan", "79990000003"),
)
PORTS = {"bot-api": 8081, "dc": 8082, "control": 8083, "chat": 8084}


def populate(sandbox: Sandbox) -> str:
    """Add a bot and some people to the world; return a description of them for the terminal."""
    sandbox.add_bot(BOT_TOKEN, BOT_USERNAME, "Local bot")
    lines = [f"bot     @{BOT_USERNAME}  {BOT_TOKEN}"]
    for name, person_id, username, phone in PEOPLE:
        one = sandbox.add_person(name, id=person_id, username=username, phone=phone)
        at = f"@{username}" if username else ""
        lines.append(f"person  {one.id}  {name}  +{phone}  {at}".rstrip())
    return "\n".join([*lines, "Every login code is 12345. Ctrl-C stops the server.\n"])


async def serve(
    folder: Path, lookup_seconds: float, bot_api: int, dc: int, control: int, chat: int
) -> None:
    """Serve until SIGINT or SIGTERM. Raises `PortTaken`."""
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    sandbox = Sandbox(folder, bot_api, dc, phone_lookup_seconds=lookup_seconds)
    description = populate(sandbox)
    layout = phones_around(sandbox.world, (ALICE_ID, BOT_ID))
    page = WebChat(layout, sandbox.faults, bot_api=sandbox.bot_api)
    async with sandbox, ControlServer(sandbox, control) as server:
        try:
            addresses = {
                "SANDBOX_CONTROL_URL": server.url,
                "SANDBOX_CHAT_URL": await page.start(port=chat),
            }
            for name, value in (sandbox.environment() | addresses).items():
                sys.stdout.write(f"{name}={value}\n")
            sys.stdout.flush()
            sys.stderr.write(description)
            await stop.wait()
        finally:
            await page.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Telegram.")
    parser.add_argument("--folder", type=Path, help="for its log and its key (default: temporary)")
    for name, port in PORTS.items():
        words = f"default: {port}; 0: a free one"
        parser.add_argument(f"--{name}-port", type=int, default=port, help=words)
    words = "between two phone look-ups of an account (default: %(default)s; 0: no limit)"
    parser.add_argument(
        "--phone-lookup-seconds", type=float, default=PHONE_LOOKUP_SECONDS, help=words
    )
    args = parser.parse_args()
    ports = args.bot_api_port, args.dc_port, args.control_port, args.chat_port
    with contextlib.ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            asyncio.run(serve(folder, args.phone_lookup_seconds, *ports))
        except PortTaken as taken:
            sys.stderr.write(f"{taken}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
