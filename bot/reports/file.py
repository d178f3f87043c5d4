"""The report as a CSV file for spreadsheets, with no cell that they would run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bot.ui.formatting import masked
from bot.ui.i18n import Translator
from bot.ui.reasons import delivery_reason
from db.models.delivery import DeliveryStatus
from db.models.report import ReportLine

_PHONE = re.compile(r"\+\d+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def head(_: Translator) -> bytes:
    """Return the file's beginning: a byte order mark and the titles of the columns."""
    titles = [_("row"), _("contact"), _("status"), _("reason"), _("time"), _("message id")]
    return _encoded([titles]).encode("utf-8-sig")


def body(_: Translator, lines: Sequence[ReportLine], *, full_phones: bool) -> bytes:
    """Return one row per person in UTF-8, times in the reader's zone."""
    statuses = _statuses(_)
    rows = []
    for line in lines:
        reason = delivery_reason(_, line.reason) if line.reason else ""
        time = (
            f"{line.settled_at.astimezone(_.zone):%Y-%m-%d %H:%M:%S %z}" if line.settled_at else ""
        )
        contact = _contact(line, full_phones=full_phones)
        cells = map(safe, (contact, statuses[line.status], reason, time))
        rows.append([line.pos, *cells, line.message_id or ""])  # 0: no id is known
    return _encoded(rows).encode()


def _encoded(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def safe(cell: str) -> str:
    """Quote a cell that a spreadsheet would run as a formula; a bare phone is a number there."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _PHONE.fullmatch(cell) else cell


def _statuses(_: Translator) -> dict[DeliveryStatus, str]:
    return {
        DeliveryStatus.PENDING: _("not sent"),
        DeliveryStatus.SENDING: _("being sent"),
        DeliveryStatus.SENT: _("sent"),
        DeliveryStatus.FAILED: _("failed"),
        DeliveryStatus.SKIPPED: _("skipped"),
        DeliveryStatus.UNKNOWN: _("unknown"),
    }


def _contact(line: ReportLine, *, full_phones: bool) -> str:
    """Return how the list names the person; the phone first, as people search by it."""
    if line.phone:
        return line.phone if full_phones else masked(line.phone)
    return f"@{line.username}" if line.username else str(line.user_id)
