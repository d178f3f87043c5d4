"""Recipients that are not sent as a file: pasted text, a shared contact."""

from __future__ import annotations

import csv
import io
import re

from bot.uploads.intake.identities import looks_like_recipient

_CELLS = re.compile(r"[,;\t]")


def is_pasted_list(text: str) -> bool:
    """Whether most lines have a recipient: a phone, an @name or a link, alone or among cells."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or text.startswith("/"):
        return False
    named = sum(_has_recipient(line) for line in lines)
    return named * 2 > len(lines)


def _has_recipient(line: str) -> bool:
    return any(map(looks_like_recipient, _CELLS.split(line))) or all(
        map(looks_like_recipient, line.split())
    )


def contact_file(name: str, phone: str, user_id: int | None) -> bytes:
    """Return a CSV of one row, with a header that `columns` recognises."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["name", "phone", "telegram_id"])
    writer.writerow([name, "+" + phone.removeprefix("+"), user_id or ""])
    return out.getvalue().encode()
