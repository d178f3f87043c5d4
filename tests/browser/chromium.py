"""Finding a browser, and what to say where there is none; and axe-core, as its package has it."""

from __future__ import annotations

import os
import shutil
from importlib import resources
from pathlib import Path

from tests.programs import missing

ROOT = Path(__file__).parents[2]

FLAGS = [
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where CI runs it."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    return missing("NO BROWSER IS TESTED: no Chromium is here; `make browser` installs it as root.")


def axe_core() -> str:
    """The script that finds what would keep people from using a page."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def flags() -> list[str]:
    """Root has no sandbox of Chromium's own."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
