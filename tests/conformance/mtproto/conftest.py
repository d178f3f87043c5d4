"""Fixtures: the sandbox's MTProto server and an unmodified Telethon."""

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
    """Ann's channel; Bob is a subscriber."""
    news = world.open_chat("channel", "News", ANN, username="the_news")
    world.join(news.id, BOB)
    return news


@pytest.fixture
def talk(world: World) -> ChatRecord:
    """Bob's supergroup; Ann is an ordinary member."""
    talk = world.open_chat("supergroup", "Talk", BOB, username="the_talk")
    world.join(talk.id, ANN)
    return talk
