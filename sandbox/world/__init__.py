"""The state behind both APIs: people, chats, messages, and the log of effects."""

from sandbox.world.actions import MAX_PINNED, pin_dialog, react, set_blocked
from sandbox.world.chats import ChatRecord, Content, Member, has_own_box
from sandbox.world.events import (
    BlockChanged,
    CallbackAnswered,
    CallbackPressed,
    Event,
    MessageEdited,
    MessagesDeleted,
    MessageStored,
    OutboxRead,
    Reacted,
    RecordedEvent,
)
from sandbox.world.log import EffectLog
from sandbox.world.messages import SERVICE, Button, Entity, Media, Message, Service
from sandbox.world.people import PersonRecord
from sandbox.world.state import World

__all__ = [
    "MAX_PINNED",
    "SERVICE",
    "BlockChanged",
    "Button",
    "CallbackAnswered",
    "CallbackPressed",
    "ChatRecord",
    "Content",
    "EffectLog",
    "Entity",
    "Event",
    "Media",
    "Member",
    "Message",
    "MessageEdited",
    "MessageStored",
    "MessagesDeleted",
    "OutboxRead",
    "PersonRecord",
    "Reacted",
    "RecordedEvent",
    "Service",
    "World",
    "has_own_box",
    "pin_dialog",
    "react",
    "set_blocked",
]
