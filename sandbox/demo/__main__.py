"""`make demo`: the product against a local Telegram, with a chat page; `--tour` plays by itself."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from sandbox.demo.sample import ADMIN_ID, BOT_ID, SENDER_ID
from sandbox.demo.stage import Stage
from sandbox.demo.steps import guided_path
from sandbox.demo.story import Story
from sandbox.demo.tour import Tour
from sandbox.web import PortTaken, WebChat

PORT = 8765


async def tour(folder: Path) -> int:
    """Play it; 0 only when nothing was doubled, lost or left unknown."""
    story = Story()
    async with Stage(folder) as stage:
        try:
            verdict = await Tour(stage, story).play()
        except Exception:
            log = stage.product.log
            words = log.read_text("utf-8") if log.exists() else "nothing"
            sys.stderr.write(f"\nThe tour broke off. The product's log said:\n{words[-4000:]}\n")
            raise
    story.ends(verdict.line())
    return 0 if verdict.good else 1


async def demo(folder: Path, port: int) -> int:
    """Serve until Ctrl-C."""
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with Stage(folder) as stage:

        async def kill() -> None:
            await stage.product.kill()
            await stage.product.start()

        chat = WebChat(
            stage.sandbox.world,
            stage.sandbox.faults,
            admin_id=ADMIN_ID,
            bot_id=BOT_ID,
            sender_id=SENDER_ID,
            misfortunes={"Kill the bot (-9) and start it again": kill},
            steps=guided_path(stage.sample),
            door=stage.sandbox.bot_api,
        )
        try:
            url = await chat.start(port=port)
        except PortTaken as error:
            sys.stderr.write(f"{error}\n")
            return 1
        try:
            sys.stdout.write("Starting the product …\n")
            sys.stdout.flush()
            await stage.product.start()
            await stage.connect_sender()
            sys.stdout.write(
                f"\n  Open {url}\n\n"
                "  You are Anna, who owns a lavender shop; nothing leaves this machine.\n"
                f"  The product's log: {stage.product.log}\n"
                "  Ctrl-C ends it all.\n\n"
            )
            sys.stdout.flush()
            await stop.wait()
        finally:
            await chat.close()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--tour", action="store_true", help="play a whole campaign by itself")
    parser.add_argument("--port", type=int, default=PORT, help=f"of the page (default {PORT})")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="predlagator-")))
        try:
            return asyncio.run(tour(folder) if asked.tour else demo(folder, asked.port))
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main())
