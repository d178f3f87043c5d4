"""The one truth behind both doors: who exists, what was written to whom, and the log of it."""

from sandbox.world.gestures import react, set_blocked
from sandbox.world.happenings import (
    BlockChanged,
    CallbackAnswered,
    CallbackPressed,
    Happening,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    Reacted,
    Recorded,
)
from sandbox.world.log import EffectLog
from sandbox.world.messages import Button, Entity, Media, Message
from sandbox.world.people import PersonRecord
from sandbox.world.state import World

__all__ = [
    "BlockChanged",
    "Button",
    "CallbackAnswered",
    "CallbackPressed",
    "EffectLog",
    "Entity",
    "Happening",
    "Media",
    "Message",
    "MessageEdited",
    "MessageStored",
    "MessagesDeleted",
    "OutboxRead",
    "PersonRecord",
    "Reacted",
    "Recorded",
    "World",
    "react",
    "set_blocked",
]
