"""The report's rows, for the file that goes with it."""

from __future__ import annotations

from db.models.report import ReportLine
from db.pool import Database
from db.queries import reports


async def page_lines(database: Database, campaign_id: int) -> list[ReportLine]:
    """Every delivery of the campaign in its order, phones in full."""
    async with database.connection() as connection:
        return await reports.page_lines(connection, campaign_id)
