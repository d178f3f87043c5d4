"""People and bots, with what their privacy settings allow others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Audience = Literal["everybody", "contacts", "nobody"]


@dataclass(slots=True)
class PersonRecord:
    """One Telegram account: a person or a bot.

    `phone` holds digits without "+", `username` has no "@"; either may be None. `other_usernames`
    lead to the person too: core.telegram.org/api/names#collectible-usernames. Change these through
    `World.rename` only, because they are indexed. `blocked` and `contacts` hold the ids that this
    person has blocked and saved. `accepts_strangers` is the privacy setting "who can send me
    messages", `findable_by_phone` and `phone_visible_to` those of the number; people in `contacts`
    may always find it. `stars_to_write` is the price of a message from a stranger in Telegram Stars
    (0: free). `code` and `password` are what a sign-in asks for. `home_dc` is the data centre to
    which this account has moved; None: every one serves it.
    """

    id: int
    first_name: str
    last_name: str = ""
    username: str | None = None
    other_usernames: tuple[str, ...] = ()
    phone: str | None = None
    language: str = "en"
    is_bot: bool = False
    bot_token: str | None = None
    deleted: bool = False
    premium_only: bool = False
    accepts_strangers: bool = True
    stars_to_write: int = 0
    findable_by_phone: bool = True
    phone_visible_to: Audience = "contacts"
    blocked: set[int] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)
    code: str = "12345"
    password: str | None = None
    home_dc: int | None = None

    def shows_phone_to(self, other_id: int) -> bool:
        """Return whether the settings of this person let `other_id` see the number."""
        if self.phone_visible_to == "contacts":
            return other_id in self.contacts
        return self.phone_visible_to == "everybody"

    @property
    def usernames(self) -> tuple[str, ...]:
        """All names under which the person is found, the main one first."""
        return (*((self.username,) if self.username else ()), *self.other_usernames)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
