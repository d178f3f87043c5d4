"""What is documented of MTProto and its API, held by the sandbox before Telethon as it comes."""

from __future__ import annotations

import pytest

from sandbox.world import ChatRecord, World
from tests.sandbox.mtproto.conftest import (
    ANN,
    BOB,
    bob,
    client,
    connect,
    faults,
    key_folder,
    sent,
    server,
    world,
)

__all__ = ["bob", "client", "connect", "faults", "key_folder", "sent", "server", "world"]


@pytest.fixture
def news(world: World) -> ChatRecord:
    """Ann's channel, which Bob reads."""
    news = world.open_chat("channel", "News", ANN, username="the_news")
    world.join(news.id, BOB)
    return news


@pytest.fixture
def talk(world: World) -> ChatRecord:
    """Bob's supergroup, in which Ann is an ordinary member."""
    talk = world.open_chat("supergroup", "Talk", BOB, username="the_talk")
    world.join(talk.id, ANN)
    return talk
