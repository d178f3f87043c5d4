"""The report's file: requests for it, and the rows it is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator

from db.models.admin import Admin
from db.models.operation import OperationKind
from db.models.report import ReportLine
from db.pool import Database
from db.queries import operations, reports, unknowns

PAGE = 1_000


async def count_undecided(database: Database, campaign_id: int) -> int:
    """Return how many deliveries of the campaign may have arrived, with no decision about it."""
    async with database.connection() as connection:
        return (await unknowns.summarise_open(connection, campaign_id)).count


async def request_file(database: Database, admin: Admin, campaign_id: int) -> None:
    """Queue the file with every person for this admin's chat, once while it is being made."""
    async with database.connection() as connection:
        kind = OperationKind.EXPORT
        await operations.add(connection, kind, campaign_id, requested_by=admin.id)


async def pages(database: Database, campaign_id: int) -> AsyncIterator[list[ReportLine]]:
    """Yield every delivery of the campaign in the order of sending, with phones in full."""
    async with database.transaction() as connection:
        async for lines in reports.stream_lines(connection, campaign_id, PAGE):
            yield lines
