"""Messages arrive as they were sent; histories are paged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telethon.extensions import html
from telethon.tl.functions.messages import SendMessageRequest
from telethon.tl.types import InputPeerSelf, UpdateShortSentMessage

from sandbox.world import Entity, World
from tests.sandbox.mtproto.conftest import ANN, BOB

Sent = Callable[[], list[dict[str, Any]]]


async def test_a_text_arrives_and_the_answer_is_short(
    client: Any, bob: Any, world: World, sent: Sent
) -> None:
    """https://core.telegram.org/constructor/updateShortSentMessage"""
    answer = await client(SendMessageRequest(bob, "Hello", random_id=7))
    assert isinstance(answer, UpdateShortSentMessage)
    [copy] = world.history(BOB, ANN)
    assert copy.text == "Hello"
    assert not copy.out
    [entry] = sent()
    assert (entry["sender"], entry["recipient"], entry["random_id"]) == (ANN, BOB, 7)
    assert entry["message_id"] == answer.id


async def test_formatting_arrives_as_entities(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/entities"""
    source = (
        "🙂 <b>bold <i>both</i></b> <u>under</u> <s>gone</s> <code>c</code>"
        ' <a href="https://example.org/">link</a>'
    )
    text, entities = html.parse(source)
    await client(SendMessageRequest(bob, text, random_id=1, entities=entities))
    [copy] = world.history(BOB, ANN)
    assert copy.entities[0] == Entity("bold", 3, 9)
    assert [e.type for e in copy.entities] == [
        *("bold", "italic", "underline", "strikethrough", "code", "text_link")
    ]
    assert copy.entities[5].url == "https://example.org/"
    [again] = await client.get_messages(bob)
    assert again.text == client.parse_mode.unparse(text, entities)


async def test_saved_messages_are_one_copy(client: Any, world: World) -> None:
    """https://core.telegram.org/api/saved-messages"""
    await client(SendMessageRequest(InputPeerSelf(), "note", random_id=1))
    [copy] = world.history(ANN, ANN)
    assert copy.out


async def test_a_history_is_paged_in_both_directions(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/offsets"""
    said = [str(number) for number in range(250)]
    for text in said:
        await world.send(BOB, ANN, text=text)
    assert [m.text async for m in client.iter_messages(bob, wait_time=0)] == said[::-1]
    assert [m.text async for m in client.iter_messages(bob, reverse=True, wait_time=0)] == said
    newest = await client.get_messages(bob, limit=1)
    before = await client.get_messages(bob, limit=2, offset_id=newest[0].id)
    around = await client.get_messages(bob, limit=3, offset_id=newest[0].id, add_offset=-2)
    assert [m.text for m in before] == ["248", "247"]
    assert [m.text for m in around] == ["249", "248"]
    after = await client.get_messages(bob, min_id=newest[0].id - 2, limit=10)
    assert [m.text for m in after] == ["249", "248"]
