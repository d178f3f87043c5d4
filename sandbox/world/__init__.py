"""The one truth behind both doors: who exists, what was written to whom, and the log of it."""

from sandbox.world.happenings import (
    CallbackAnswered,
    CallbackPressed,
    Happening,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    Recorded,
)
from sandbox.world.log import EffectLog
from sandbox.world.messages import Button, Entity, Media, Message
from sandbox.world.people import PersonRecord
from sandbox.world.state import World

__all__ = [
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
    "Recorded",
    "World",
]
