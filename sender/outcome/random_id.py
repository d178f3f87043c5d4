"""The number by which Telegram knows that a message was asked for before.

It is computed, not drawn: a database restored from an old backup asks again for the same number,
and Telegram answers with the message that was made the first time.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID


def random_id(
    key: bytes,
    campaign_nonce: UUID,
    contact_id: int,
    *,
    step: int = 0,
    generation: int = 0,
    part: int = 0,
) -> int:
    """A signed 64-bit number, never 0, the same for the same message of this installation.

    `key` is the installation's random_id_key. `generation` rises with each deliberate repetition;
    `part` counts the messages of one step.
    """
    name = f"{campaign_nonce}|{contact_id}|{step}|{generation}|{part}"
    digest = hmac.digest(key, name.encode(), sha256)
    return int.from_bytes(digest[:8], "big", signed=True) or 1
