"""Where Chromium is and how it is started; the source of axe-core."""

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
    """Return the path of a Chromium; without one the test is skipped, and in CI it fails."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    return missing("NO BROWSER IS TESTED: no Chromium is here; `make browser` installs it as root.")


def axe_core() -> str:
    """Return the source of axe-core, which checks a page against the WCAG rules."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def flags() -> list[str]:
    """Return the command-line flags; Chromium refuses to run as root with its own sandbox."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
