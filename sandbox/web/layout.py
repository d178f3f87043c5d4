"""What the page shows of a world: its sections of conversations, and the texts around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.world import World

# Telegram's service account, which sends the login codes: core.telegram.org/api/auth.
SERVICE_ID = 777000

Side = tuple[int, int]
"""One side of a conversation: (the person whose box it is, the other person)."""


@dataclass(frozen=True, slots=True)
class Role:
    """What the page calls an account: `short` ("the shop"), `full` ("the shop's account")."""

    short: str
    full: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group in the list of conversations; `key` names it in the page's frames.

    `includes` decides which sides of conversations belong to it. In a `phone` section each row
    is the phone of its owner: the row has the owner's name, and the person at the page decides
    when a message counts as read. `names_chat` adds the other side's name to each row.
    `quick_replies` are texts that are sent with one press. `empty` stands in place of the rows
    while there are none.
    """

    key: str
    title: str
    includes: Callable[[Side], bool]
    phone: bool = False
    names_chat: bool = False
    quick_replies: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """The page's texts that depend on what it is used for."""

    panel: str = "Counters and faults"
    counters: str = "Counters"
    counters_note: str = "Counted from this server’s log of effects."
    faults: str = "Faults"
    faults_note: str = "A scripted fault hits the next message that is sent over MTProto."


@dataclass(frozen=True, slots=True)
class Layout:
    """Which conversations of `world` the page lists, and what it calls them.

    `home` is the conversation that opens first; its owner is "you". `always` are the sides that
    are listed before their first message. `roles` name accounts by their id. `verbatim` are pairs
    of delimiters between which the page leaves formatting marks in a typed text alone.
    """

    world: World
    home: Side
    sections: tuple[Section, ...]
    always: tuple[Side, ...] = ()
    roles: Mapping[int, Role] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)
    verbatim: tuple[tuple[str, str], ...] = ()

    def section(self, side: Side) -> Section | None:
        """Return the section of this side of a conversation; None when the page does not list it.

        Groups and channels are never listed.
        """
        if not {*side} <= self.world.people.keys():
            return None
        return next((section for section in self.sections if section.includes(side)), None)

    def sides(self) -> list[Side]:
        """Return every listed side of a conversation once; the page orders them."""
        people = self.world.people
        sides = [self.home, *self.always]
        sides += [(owner, chat) for owner in people for chat in self.world.chats(owner)]
        return [side for side in dict.fromkeys(sides) if self.section(side)]


def phones_around(world: World, home: Side) -> Layout:
    """Return the layout for a world without roles: the home person's chats, then everybody's phone.

    Conversations that belong to a bot are not listed.
    """
    you = home[0]
    return Layout(
        world,
        home,
        (
            Section("you", "You", lambda side: side[0] == you),
            Section(
                "phones",
                "Other people’s phones",
                lambda side: not world.people[side[0]].is_bot,
                phone=True,
                names_chat=True,
                empty="A person appears here with their first message.",
            ),
        ),
    )
