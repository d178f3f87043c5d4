"""The freeze: decides about claimed deliveries and stores what is about to be sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.delivery import Frozen, Judged, Verdict

if TYPE_CHECKING:
    from db.pool import Connection

# When to ask again about a person to whom another campaign is writing at this moment.
RIVAL_WAIT = timedelta(minutes=1)

FREEZE_DELIVERIES = "SELECT * FROM freeze_deliveries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


async def freeze(
    connection: Connection, campaign_id: int, rows: Sequence[Frozen]
) -> dict[int, Judged]:
    """Decide about deliveries and store what is about to be sent, by delivery id.

    Every rule about persons is decided here, under their locks: suppressed, reached by this
    campaign already, reached by another one within its frequency cap, never to be written to. The
    rules are in the function of the database (migration 0022), which locks the persons in the order
    of their ids and then decides, in one round trip. The caller sends nothing before this is
    committed.
    """
    found = await connection.fetch(
        FREEZE_DELIVERIES,
        campaign_id,
        [row.id for row in rows],
        [row.token for row in rows],
        [row.account_id for row in rows],
        [row.person_id for row in rows],
        [row.peer_id for row in rows],
        [row.random_id for row in rows],
        [row.content.text for row in rows],
        RIVAL_WAIT,
        [json.dumps([e.to_json() for e in row.content.entities]) for row in rows],
    )
    return {
        row["id"]: Judged(Verdict(row["verdict"]), row["unreachable_reason"], row["wait_until"])
        for row in found
    }
