"""Rate limits of a bot's messages; the sandbox applies them only on request.

core.telegram.org/bots/faq#my-bot-is-hitting-limits allows one message per second in a chat, with
short bursts, and about 30 messages per second in all.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.bot_api.errors import too_many_requests

_WRITES = ("send", "copy", "forward", "edit")


@dataclass(slots=True)
class RateLimit:
    """The interval in seconds between two messages and the allowed burst, per chat and in all."""

    chat_seconds: float = 1.0
    chat_burst: int = 5
    all_seconds: float = 1 / 30
    all_burst: int = 30
    clock: Callable[[], float] = time.monotonic
    _due: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))

    def take(self, bot_id: int, method: str, chat_id: object) -> None:
        """Count this call; raises `ApiError` (429) without counting it when it comes too early."""
        if not method.startswith(_WRITES) or method == "sendChatAction" or not chat_id:
            return
        now = self.clock()
        in_chat, in_all = (bot_id, str(chat_id)), (bot_id, "")
        chat_due, all_due = max(self._due[in_chat], now), max(self._due[in_all], now)
        wait = max(
            chat_due - now - self.chat_seconds * (self.chat_burst - 1),
            all_due - now - self.all_seconds * (self.all_burst - 1),
        )
        if wait > 0:
            raise too_many_requests(wait)
        self._due[in_chat] = chat_due + self.chat_seconds
        self._due[in_all] = all_due + self.all_seconds
