"""Actions without a message: blocking a person, pinning a conversation, reacting."""

from __future__ import annotations

import time

from sandbox.world.events import BlockChanged, Reacted
from sandbox.world.messages import Message
from sandbox.world.state import World

MAX_PINNED = 5  # core.telegram.org/api/config: dialogs_pinned_limit_default


def set_blocked(world: World, person_id: int, other_id: int, blocked: bool) -> None:
    """Let `person_id` block or unblock `other_id`; notify the other side of a change."""
    shut_out = world.people[person_id].blocked
    if blocked == (other_id in shut_out):
        return
    if blocked:
        shut_out.add(other_id)
    else:
        shut_out.discard(other_id)
    world.notify(other_id, BlockChanged(person_id, blocked))


def pin_dialog(world: World, person_id: int, chat_id: int, pinned: bool) -> None:
    """Pin a conversation to the top of this person's list, or unpin it; the latest pin is first.

    Raises ValueError for one more than `MAX_PINNED`.
    """
    others = [one for one in world.pinned_chats[person_id] if one != chat_id]
    if pinned and len(others) >= MAX_PINNED:
        raise ValueError(f"Only {MAX_PINNED} conversations can be pinned")
    world.pinned_chats[person_id] = [chat_id, *others] if pinned else others


async def react(world: World, person_id: int, message: Message, emojis: tuple[str, ...]) -> None:
    """Replace the reactions of `person_id` to the message; notify the other side of a change."""
    before = message.reacted_by.get(person_id, ())
    if before == emojis:
        return
    others = {one: theirs for one, theirs in message.reacted_by.items() if one != person_id}
    reacted_by = others | ({person_id: emojis} if emojis else {})
    await world.mark(message, reacted_by=reacted_by, reacted_at=int(time.time()))
    for other_id in {message.owner_id, message.chat_id} - {person_id}:
        if (theirs := world.copy_of(message, other_id)) is not None:
            world.notify(other_id, Reacted(person_id, theirs, before, emojis))
