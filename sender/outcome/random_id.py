"""The random_id of a message: the number by which Telegram recognises a repeated call.

It is computed, not drawn, from the recipient's id at Telegram. So even a database that was restored
from a backup older than the import asks with the same number again, and Telegram answers with the
message that the first call made (core.telegram.org/method/messages.sendMessage).
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID


def random_id(
    key: bytes,
    campaign_nonce: UUID,
    recipient: str,
    *,
    step: int = 0,
    generation: int = 0,
    part: int = 0,
) -> int:
    """Return a signed 64-bit number, never 0, that depends on the arguments alone.

    `key` is the installation's random_id_key. `recipient` is who gets the message: "user:42" or
    "channel:42" by Telegram's id, "self" for the account's own Saved Messages. `generation` rises
    with each deliberate repetition. `part` counts the messages of one step to one recipient.
    """
    name = f"{campaign_nonce}|{recipient}|{step}|{generation}|{part}"
    digest = hmac.digest(key, name.encode(), sha256)
    return int.from_bytes(digest[:8], "big", signed=True) or 1
