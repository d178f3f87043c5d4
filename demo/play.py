"""The two ways to see the product: play the admin by hand, or watch a tour."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
from pathlib import Path

from demo.admin_script import Anna
from demo.narrator import Story
from demo.page import chat_page
from demo.stage import Stage
from demo.steps import guided_path
from demo.tour import CHAPTERS, WIDE_CAPS, Tour
from demo.workdir import Premises
from sandbox.web import PortTaken, WebChat


async def tour(folder: Path, port: int, rate: str) -> int:
    """Play it; 0 only when nothing was doubled, lost or left unknown."""
    _end_on_signals()
    story = Story()
    async with Stage(folder) as stage:
        page = chat_page(stage, CHAPTERS, audience=stage.sample.reachable)
        try:
            url = await _start(page, port)
            story.says("sandbox", "A local Telegram is up. Nothing leaves this machine.")
            story.says("page", f"{url} (open it, and the tour plays there too)")
            verdict = await Tour(stage, story, page, rate).play()
        except Exception:
            log = stage.product.log
            words = log.read_text("utf-8") if log.exists() else "nothing"
            sys.stderr.write(f"\nThe tour broke off. The product's log said:\n{words[-4000:]}\n")
            raise
        finally:
            await page.close()
    story.ends(verdict.line())
    return 0 if verdict.good else 1


async def open_shop(stage: Stage) -> None:
    """The account is connected and may write to all its customers; the chat is empty again."""
    await stage.connect_sender()
    quiet = Story(io.StringIO())
    await Anna(stage.admin, stage.bot_id, quiet).raise_caps("Lavender Shop", WIDE_CAPS)
    for message in list(stage.admin.history(stage.bot_id)):
        await stage.sandbox.world.delete(message)


async def _start(page: WebChat, port: int) -> str:
    """A tour needs no page: where its port is taken, any other one will do."""
    try:
        return await page.start(port=port)
    except PortTaken:
        return await page.start(port=0)


async def demo(premises: Premises, port: int) -> int:
    """Serve until Ctrl-C. Raises `PortTaken`."""
    _end_on_signals()
    async with Stage(premises.folder, key_folder=premises.keys) as stage:
        page = chat_page(stage, guided_path(stage.sample, stage.sandbox.world))
        try:
            url = await page.start(port=port)
            premises.announce(url)
            _say("Starting the product with a Postgres of its own …")
            await stage.product.start()
            await open_shop(stage)
            _say(
                f"\n  Open {url}\n\n"
                "  You are Anna, who owns a lavender shop; nothing leaves this machine.\n"
                f"  The product's log: {stage.product.log}\n"
                "  Ctrl-C ends it all; the next demo begins with a new town.\n"
            )
            await asyncio.Event().wait()
        finally:
            await page.close()
            _say("\nStopping …")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _end_on_signals() -> None:
    """Ctrl-C and SIGTERM cancel what runs, so that every `async with` tidies up."""
    running = asyncio.current_task()
    assert running is not None
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, running.cancel)
