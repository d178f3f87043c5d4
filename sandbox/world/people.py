"""People (and bots) of the sandbox, with what Telegram lets others do to them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class PersonRecord:
    """One Telegram account: a person, a sender or a bot.

    `phone` is digits without "+", `username` without "@"; either may be None, and they change
    through `World.rename` only, because people are looked up by them.
    `blocked` and `contacts` hold the ids this person has blocked and saved. `accepts_strangers`
    is the privacy setting "who may write to me", and `stars_to_write` the price that a stranger
    pays for each message (0: none). `code` and `password` are what a sign-in asks for.
    """

    id: int
    first_name: str
    last_name: str = ""
    username: str | None = None
    phone: str | None = None
    language: str = "en"
    is_bot: bool = False
    bot_token: str | None = None
    deleted: bool = False
    premium_only: bool = False
    accepts_strangers: bool = True
    stars_to_write: int = 0
    findable_by_phone: bool = True
    blocked: set[int] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)
    code: str = "12345"
    password: str | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
