"""`python -m sandbox`: a local Telegram by itself, with a small world in it.

Standard output gets the four settings that point a product at it; standard error says who lives
there. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from sandbox.server import Sandbox

BOT_TOKEN = "7000000001:AAlocal-telegram-for-trying-things"
OWNER_ID, SENDER_ID = 1001, 1002
RECIPIENTS = (
    ("Emma", "emma", "15550000001"),
    ("Liam", None, "15550000002"),
    ("Иван", "ivan", "79990000003"),
)


def people(sandbox: Sandbox) -> str:
    """Fill the world; says who is in it, for whoever reads the terminal."""
    sandbox.add_bot(BOT_TOKEN, "local_desk_bot", "Campaign desk")
    sandbox.add_person("Owner", id=OWNER_ID, username="owner", phone="15550001001")
    sandbox.add_person("Sender", id=SENDER_ID, username="sender", phone="15550001002")
    for name, username, phone in RECIPIENTS:
        sandbox.add_person(name, username=username, phone=phone)
    return (
        f"bot      @local_desk_bot  {BOT_TOKEN}\n"
        f"owner    {OWNER_ID}\n"
        f"sender   +15550001002, login code 12345\n"
        f"people   {', '.join(f'{name} +{phone}' for name, _, phone in RECIPIENTS)}\n"
    )


async def serve(folder: Path, bot_api_port: int, dc_port: int) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    sandbox = Sandbox(folder, bot_api_port, dc_port)
    sys.stderr.write(people(sandbox))
    async with sandbox:
        for name, value in sandbox.environment().items():
            sys.stdout.write(f"{name}={value}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Telegram.")
    parser.add_argument("--folder", type=Path, help="for its log and its key (default: temporary)")
    parser.add_argument("--bot-api-port", type=int, default=0, help="default: a free one")
    parser.add_argument("--dc-port", type=int, default=0, help="default: a free one")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asyncio.run(serve(folder, asked.bot_api_port, asked.dc_port))


if __name__ == "__main__":
    main()
