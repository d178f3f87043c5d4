"""The report as a CSV file for spreadsheets, with no cell that they would run as a formula."""

from __future__ import annotations

import csv
import io
import re

from bot.ui.formatting import masked
from bot.ui.i18n import Translator
from bot.ui.reasons import delivery_reason
from db.models.delivery import DeliveryStatus
from db.models.report import ReportLine

_PHONE = re.compile(r"\+\d+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_file(_: Translator, lines: list[ReportLine], *, full_phones: bool) -> bytes:
    """Return one row per person, UTF-8 with a byte order mark, times in the reader's zone."""
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
