"""What a draft was built of, locked while it is decided whether the draft can start.

The locks make a deletion wait for the start, or the start see the deletion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.draft import Unusable

if TYPE_CHECKING:
    from db.pool import Connection

LOCK_LISTS_OF_DRAFT = """
SELECT name, archived_at IS NOT NULL AS deleted, ready_at IS NULL AS unsaved
FROM contact_lists WHERE id IN (
    SELECT contact_list_id FROM campaign_contact_lists WHERE campaign_id = $1 AND NOT excluded)
ORDER BY id FOR SHARE
"""
LOCK_TEMPLATE_OF_DRAFT = """
SELECT name, archived_at IS NOT NULL AS deleted FROM templates
WHERE id = (SELECT template_id FROM campaigns WHERE id = $1)
FOR SHARE
"""


async def lock_unusable(connection: Connection, campaign_id: int) -> Unusable:
    """Lock the lists and the template of the draft; return those that cannot be used.

    The locks hold until the caller's transaction ends.
    """
    lists = await connection.fetch(LOCK_LISTS_OF_DRAFT, campaign_id)
    template = await connection.fetchrow(LOCK_TEMPLATE_OF_DRAFT, campaign_id)
    return Unusable(
        deleted_lists=tuple(row["name"] for row in lists if row["deleted"]),
        unsaved_lists=tuple(row["name"] for row in lists if row["unsaved"] and not row["deleted"]),
        deleted_template=template["name"] if template and template["deleted"] else None,
    )
