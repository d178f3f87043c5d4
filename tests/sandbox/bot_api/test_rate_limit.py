"""With a rate limit, bots that write too fast get 429 with the seconds to wait."""

from __future__ import annotations

import pytest

from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.rate_limit import RateLimit


def test_a_chat_takes_a_short_burst_and_then_one_message_a_second() -> None:
    now = 100.0
    rate_limit = RateLimit(clock=lambda: now)
    for _ in range(5):
        rate_limit.take(1, "sendMessage", 7)
    with pytest.raises(ApiError, match="retry after 1"):
        rate_limit.take(1, "editMessageText", "7")
    rate_limit.take(1, "sendMessage", 8)
    rate_limit.take(2, "sendMessage", 7)
    now = 101.0
    rate_limit.take(1, "sendMessage", 7)
    with pytest.raises(ApiError) as refusal:
        rate_limit.take(1, "sendPhoto", 7)
    assert (refusal.value.code, refusal.value.retry_after) == (429, 1)


def test_the_31st_chat_within_a_second_is_refused() -> None:
    rate_limit = RateLimit(clock=lambda: 100.0)
    for chat in range(30):
        rate_limit.take(1, "sendMessage", chat + 1)
    with pytest.raises(ApiError, match="Too Many Requests"):
        rate_limit.take(1, "copyMessage", 31)
    rate_limit.take(1, "getUpdates", None)
    rate_limit.take(1, "sendChatAction", 31)
