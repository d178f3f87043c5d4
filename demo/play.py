"""The two ways to run the demo: a tour that plays by itself, and a page for a person."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
from pathlib import Path

from demo.admin_script import AdminScript
from demo.narrator import Narrator
from demo.page import chat_page
from demo.stage import SENDER_NAME, Stage
from demo.steps import guided_path
from demo.tour import CHAPTERS, WIDE_CAPS, Tour
from demo.workdir import Workdir
from sandbox.web import PortTaken, WebChat

LOG_TAIL = 4000  # characters of the product's log that a failed tour prints


async def play_tour(folder: Path, port: int, rate: str) -> int:
    """Play a tour in `folder` and print it; return 0 when its verdict is good, else 1.

    `rate` is a number per s, min or h. Where `port` is taken, the page takes a free one.
    """
    _cancel_on_signals()
    narrator = Narrator()
    async with Stage(folder) as stage:
        page = chat_page(stage, CHAPTERS, audience=stage.sample.reachable)
        try:
            url = await _start_on_any_port(page, port)
            narrator.line("sandbox", "A local Telegram is up. Nothing leaves this machine.")
            narrator.line("page", f"{url} (open it, and the tour plays there too)")
            verdict = await Tour(stage, narrator, page, rate).play()
        except Exception:
            log = stage.product.log
            text = log.read_text("utf-8") if log.exists() else "nothing"
            sys.stderr.write(f"\nThe tour broke off. The product's log said:\n{text[-LOG_TAIL:]}\n")
            raise
        finally:
            await page.close()
    narrator.result(verdict.line())
    return 0 if verdict.good else 1


async def serve_demo(workdir: Workdir, port: int) -> int:
    """Serve the page until Ctrl-C or SIGTERM cancels it. Raises `PortTaken`."""
    _cancel_on_signals()
    async with Stage(workdir.folder, key_folder=workdir.keys) as stage:
        page = chat_page(stage, guided_path(stage.sample, stage.sandbox.world))
        try:
            url = await page.start(port=port)
            workdir.announce(url)
            _print("Starting the product with a Postgres of its own …")
            await stage.product.start()
            await prepare_shop(stage)
            _print(
                f"\n  Open {url}\n\n"
                "  You are Anna, who owns a lavender shop; nothing leaves this machine.\n"
                f"  The product's log: {stage.product.log}\n"
                "  Ctrl-C ends it all; the next demo begins with a new town.\n"
            )
            await asyncio.Event().wait()
        finally:
            await page.close()
            _print("\nStopping …")
    return 0


async def prepare_shop(stage: Stage) -> None:
    """Sign the shop's account in and raise its caps, then empty the admin's chat."""
    await stage.connect_sender()
    silent = Narrator(io.StringIO())
    await AdminScript(stage.admin, stage.bot_id, silent).raise_caps(SENDER_NAME, WIDE_CAPS)
    for message in list(stage.admin.history(stage.bot_id)):
        await stage.sandbox.world.delete(message)


async def _start_on_any_port(page: WebChat, port: int) -> str:
    try:
        return await page.start(port=port)
    except PortTaken:
        return await page.start(port=0)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _cancel_on_signals() -> None:
    """Let SIGINT and SIGTERM cancel the current task, so that every `async with` is left."""
    running = asyncio.current_task()
    assert running is not None
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, running.cancel)
