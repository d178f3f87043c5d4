"""A strict sandbox tells bots that write too fast how long to wait."""

from __future__ import annotations

import pytest

from sandbox.bot_api.pace import Pace
from sandbox.bot_api.refusals import Refusal


def test_a_short_burst_into_one_chat_passes_and_then_one_message_a_second() -> None:
    now = 100.0
    pace = Pace(clock=lambda: now)
    for _ in range(5):
        pace.take(1, "sendMessage", 7)
    with pytest.raises(Refusal, match="retry after 1"):
        pace.take(1, "editMessageText", "7")
    pace.take(1, "sendMessage", 8)
    pace.take(2, "sendMessage", 7)
    now = 101.0
    pace.take(1, "sendMessage", 7)
    with pytest.raises(Refusal) as refusal:
        pace.take(1, "sendPhoto", 7)
    assert (refusal.value.code, refusal.value.retry_after) == (429, 1)


def test_thirty_chats_a_second_pass_and_the_next_one_waits() -> None:
    pace = Pace(clock=lambda: 100.0)
    for chat in range(30):
        pace.take(1, "sendMessage", chat + 1)
    with pytest.raises(Refusal, match="Too Many Requests"):
        pace.take(1, "copyMessage", 31)
    pace.take(1, "getUpdates", None)
    pace.take(1, "sendChatAction", 31)
