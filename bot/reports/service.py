"""The rows of a report's file."""

from __future__ import annotations

from db.models.report import ReportLine
from db.pool import Database
from db.queries import reports


async def page_lines(database: Database, campaign_id: int) -> list[ReportLine]:
    """Return every delivery of the campaign, in the order of sending, with phones in full."""
    async with database.connection() as connection:
        return await reports.page_lines(connection, campaign_id)
