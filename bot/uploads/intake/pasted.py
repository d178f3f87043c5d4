"""What is no file but holds recipients all the same: pasted text, a shared contact."""

from __future__ import annotations

import csv
import io
import re

from bot.uploads.intake.identities import looks_like_recipient

_CELLS = re.compile(r"[,;\t]")


def is_pasted_list(text: str) -> bool:
    """Whether most lines name somebody: a phone, an @name or a link, alone or among cells."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or text.startswith("/"):
        return False
    named = sum(_names_somebody(line) for line in lines)
    return named * 2 > len(lines)


def _names_somebody(line: str) -> bool:
    return any(map(looks_like_recipient, _CELLS.split(line))) or all(
        map(looks_like_recipient, line.split())
    )


def contact_file(name: str, phone: str, user_id: int | None) -> bytes:
    """A file of one row, with the header our own reader knows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["name", "phone", "telegram_id"])
    writer.writerow([name, "+" + phone.removeprefix("+"), user_id or ""])
    return out.getvalue().encode()
