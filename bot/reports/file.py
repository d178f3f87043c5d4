"""The report as a CSV file that a spreadsheet opens well and that cannot attack it."""

from __future__ import annotations

import csv
import io
import re

from bot.ui.formatting import masked
from bot.ui.i18n import Words
from bot.ui.reasons import delivery_reason
from db.models.delivery import DeliveryStatus
from db.models.report import ReportLine

_PHONE = re.compile(r"\+\d+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_file(_: Words, lines: list[ReportLine], *, full_phones: bool) -> bytes:
    """One row per person, UTF-8 with a BOM, times in the reader's zone."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_("row"), _("contact"), _("status"), _("reason"), _("time"), _("message id")])
    statuses = _statuses(_)
    for line in lines:
        reason = delivery_reason(_, line.reason) if line.reason else ""
        time = (
            f"{line.settled_at.astimezone(_.zone):%Y-%m-%d %H:%M:%S %z}" if line.settled_at else ""
        )
        contact = _contact(line, full_phones=full_phones)
        writer.writerow(
            [line.pos, *map(safe, (contact, statuses[line.status], reason, time)), line.message_id]
        )
    return text.getvalue().encode("utf-8-sig")


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
