"""The buttons of a report."""

from __future__ import annotations

from bot.ui.buttons import Press


class SendReportFile(Press, data="c:{campaign_id}:file"):
    """The CSV with every person."""

    campaign_id: int
