"""The report as a CSV file that a spreadsheet opens well and that cannot attack it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bot.ui.formatting import masked
from bot.ui.i18n import Words
from bot.ui.reasons import delivery_reason
from db.models.delivery import DeliveryStatus
from db.models.report import ReportLine

_PHONE = re.compile(r"\+\d+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def head(_: Words) -> bytes:
    """The file's beginning: a BOM and the titles of the columns."""
    titles = [_("row"), _("contact"), _("status"), _("reason"), _("time"), _("message id")]
    return _encoded([titles]).encode("utf-8-sig")


def body(_: Words, lines: Sequence[ReportLine], *, full_phones: bool) -> bytes:
    """A row per person, times in the reader's zone."""
    statuses = _statuses(_)
    rows = []
    for line in lines:
        reason = delivery_reason(_, line.reason) if line.reason else ""
        time = (
            f"{line.settled_at.astimezone(_.zone):%Y-%m-%d %H:%M:%S %z}" if line.settled_at else ""
        )
        contact = _contact(line, full_phones=full_phones)
        cells = map(safe, (contact, statuses[line.status], reason, time))
        rows.append([line.pos, *cells, line.message_id])
    return _encoded(rows).encode()


def _encoded(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def safe(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula. A bare phone is a number at worst: kept."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _PHONE.fullmatch(cell) else cell


def _statuses(_: Words) -> dict[DeliveryStatus, str]:
    return {
        DeliveryStatus.PENDING: _("not sent"),
        DeliveryStatus.SENDING: _("being sent"),
        DeliveryStatus.SENT: _("sent"),
        DeliveryStatus.FAILED: _("failed"),
        DeliveryStatus.SKIPPED: _("skipped"),
        DeliveryStatus.UNKNOWN: _("unknown"),
    }


def _contact(line: ReportLine, *, full_phones: bool) -> str:
    """As the list knew them; the phone first, because that is what people look for."""
    if line.phone:
        return line.phone if full_phones else masked(line.phone)
    return f"@{line.username}" if line.username else str(line.user_id)
