"""Who plays whom on the page, and which conversations belong to its list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sandbox.world import World

# Telegram's own account, which writes the login codes.
SERVICE_ID = 777000

Side = tuple[int, int]
"""One side of a conversation: (whose box, with whom)."""

Group = Literal["you", "sender", "recipients"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guided path. `files` are offered for download: name → bytes.

    `caption` goes with one of them when the page sends it. `done` tells whether the person has
    done the step, so that the path goes on by itself.
    """

    title: str
    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    caption: str = ""
    done: Callable[[], object] = bool


@dataclass(frozen=True, slots=True)
class Stage:
    """The world, and the three parts that the page gives names to."""

    world: World
    admin_id: int
    bot_id: int
    sender_id: int

    def group(self, side: Side) -> Group | None:
        """Where in the list this side of a conversation stands; None: nowhere."""
        owner, chat = side
        if not {*side} <= self.world.people.keys():
            return None  # groups and channels have no place here
        if owner == self.admin_id:
            return "you"
        if owner == self.sender_id:
            return "sender" if chat in (self.sender_id, SERVICE_ID) else None
        if chat in (self.sender_id, self.bot_id) and not self.world.people[owner].is_bot:
            return "recipients"
        return None

    def sides(self) -> list[Side]:
        """Every conversation of the list, each once; the page orders them."""
        sides = [(self.admin_id, self.bot_id), (self.sender_id, self.sender_id)]
        for owner in (self.admin_id, self.sender_id, self.bot_id):
            for chat in self.world.chats(owner):
                sides += [side for side in ((owner, chat), (chat, owner)) if self.group(side)]
        return list(dict.fromkeys(sides))
