"""docs/performance.md: a section for each benchmark, as it was last measured."""

from __future__ import annotations

import re
from pathlib import Path

HEAD = """# How fast it is

Written by `make bench`. Medians of alternated rounds on a real Postgres and through real sockets.
Numbers per second hold for the machine named below each table; the ratios hold elsewhere too, and
they are what the goals are about.
"""


def put(page: Path, title: str, section: str) -> None:
    """Replace the section with this title on the page, or append it."""
    text = page.read_text("utf-8") if page.exists() else ""
    sections = {
        found[1]: found[0] for found in re.finditer(r"^## (.+)\n(?:(?!^## ).*\n?)*", text, re.M)
    }
    sections[title] = section
    body = "\n".join(one.strip() + "\n" for one in sections.values())
    page.write_text(f"{HEAD}\n{body}", "utf-8")
