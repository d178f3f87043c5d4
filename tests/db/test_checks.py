"""The CHECK of a column lists exactly the values of its enum."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

from db.models.admin import Role
from db.models.campaign import Mode
from db.models.contact_list import Basis
from db.models.notice import NoticeKind, NoticePart
from db.models.suppression import SuppressionReason
from db.models.unknown import Decision
from db.pool import Database

FIND_CHECK = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = $1::text::regclass AND conname = $1 || '_' || $2 || '_check'
"""


@pytest.mark.parametrize(
    ("table", "column", "enum"),
    [
        ("admins", "role", Role),
        ("campaigns", "mode", Mode),
        ("contact_lists", "basis", Basis),
        ("suppressions", "reason", SuppressionReason),
        ("unknown_decisions", "decision", Decision),
        ("notices", "kind", NoticeKind),
        ("notices", "part", NoticePart),
    ],
)
async def test_the_database_has_the_same_values(
    database: Database, table: str, column: str, enum: type[StrEnum]
) -> None:
    async with database.connection() as connection:
        check: str = await connection.fetchval(FIND_CHECK, table, column)
    assert set(re.findall(r"'(\w+)'::text", check)) == set(enum)
