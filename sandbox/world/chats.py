"""Channels, supergroups and basic groups: who is in one, and what its rules let them post.

A chat is a peer like a person, with members and rights. Its id is "marked" as the Bot API and
Telethon mark it, so that no number means two things: people are above 0, basic groups below it,
channels and supergroups below -1 000 000 000 000.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ChatKind = Literal["channel", "supergroup", "group"]
Content = Literal["text", "photo", "document", "video"]

FIRST_CHANNEL = -1_000_000_000_000
EVERYTHING: frozenset[Content] = frozenset(("text", "photo", "document", "video"))


def keeps_its_own_box(chat_id: int) -> bool:
    """Whether messages of this chat are stored once, in the chat, and not once per member."""
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
    """One chat. A chat with a `username` is public: anybody may look at it and join.

    `allowed` is what ordinary members of a group may post; `slow_mode` is the seconds between two
    posts of one of them. `banned` holds the ids of those who were thrown out. `members` and
    `username` change through the World only. `date` is Unix seconds.
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

    def shows_itself_to(self, person_id: int) -> bool:
        """Whether this person may look inside."""
        return person_id in self.members or (bool(self.username) and person_id not in self.banned)
