"""Channels, supergroups and basic groups: their members, and what their rules let a member post.

A chat is a peer with members and rights. Ids are "marked" as in the Bot API and Telethon, so that
they are unique across kinds: people are above 0, basic groups below 0, channels and supergroups
below -1 000 000 000 000 (core.telegram.org/api/bots/ids).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ChatKind = Literal["channel", "supergroup", "group"]
Content = Literal["text", "photo", "document", "video"]

FIRST_CHANNEL = -1_000_000_000_000
EVERYTHING: frozenset[Content] = frozenset(("text", "photo", "document", "video"))


def has_own_box(chat_id: int) -> bool:
    """Return whether messages of this chat are stored once in the chat, not once per member."""
    return chat_id < FIRST_CHANNEL


@dataclass(slots=True)
class Member:
    """The rights of one member: core.telegram.org/api/rights.

    In a channel only an administrator with `posts` may post. In a group a `muted` member may not
    write, and the group's restrictions do not apply to an administrator.
    """

    admin: bool = False
    creator: bool = False
    posts: bool = True
    muted: bool = False


@dataclass(slots=True)
class ChatRecord:
    """One chat. A chat with a `username` is public: everybody may read and join it.

    `allowed` is what ordinary members of a group may post. `slow_mode` is the number of seconds
    between two posts of one member. `banned` holds the ids of banned people. Change `members` and
    `username` through the `World` only. `date` is in Unix seconds.
    """

    id: int
    kind: ChatKind
    title: str
    date: int
    username: str | None = None
    about: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    banned: set[int] = field(default_factory=set)
    allowed: frozenset[Content] = EVERYTHING
    slow_mode: int = 0

    def is_visible_to(self, person_id: int) -> bool:
        """Return whether this person may read the chat."""
        return person_id in self.members or (bool(self.username) and person_id not in self.banned)
