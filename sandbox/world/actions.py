"""Actions without a message: blocking a person and reacting to a message."""

from __future__ import annotations

import time

from sandbox.world.events import BlockChanged, Reacted
from sandbox.world.messages import Message
from sandbox.world.state import World


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
