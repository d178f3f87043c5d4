"""A gathering: an operation that makes a contact list of the people who wrote to an account."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from db.models.opt_out import Intent, intent_of
from db.models.reply import Reply

ALL_DAYS = 0
MOST_DAYS = 3650
NOT_CONNECTED = "account"  # the reason of a gathering whose account cannot read its dialogs


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is wanted: those who wrote within the last `days` (ALL_DAYS: ever) one of the `words`.

    Without words everyone who wrote is wanted. Words are compared without letter case and with
    single blanks, also inside longer words.
    """

    days: int = ALL_DAYS
    words: tuple[str, ...] = ()

    @classmethod
    def parse_words(cls, text: str) -> tuple[str, ...]:
        """Return what was typed between commas and line breaks; empty parts are dropped."""
        parts = (_folded(part) for part in text.replace("\n", ",").split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def matches(self, text: str) -> bool:
        """Return whether a message is one of those that are wanted."""
        folded = _folded(text)
        return not self.words or any(_folded(word) in folded for word in self.words)

    def to_json(self) -> dict[str, Any]:
        return {"days": self.days, "words": list(self.words)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Wish:
        return cls(stored["days"], tuple(stored["words"]))


class Verdict(StrEnum):
    """What the messages of one person make them for a gathering."""

    MEMBER = "member"
    REFUSED = "refused"  # they asked for no more messages
    UNCLEAR = "unclear"  # they may have: an admin would have to decide
    UNWANTED = "unwanted"  # they said none of the words
    UNWANTED_REFUSED = "unwanted_refused"  # neither, and they asked for no more messages


def judge(said: Iterable[Reply], wish: Wish, harmless: Collection[str]) -> tuple[Verdict, Reply]:
    """Return the verdict on a person by what they said, at least one message, latest first.

    With it comes the message that proves that they wrote. `harmless` are texts which an admin has
    decided are no opt-out.
    """
    messages = list(said)
    wanted = [one for one in messages if wish.matches(one.text)]
    intents = {intent_of(one.text) for one in messages if one.text not in harmless}
    if Intent.STOP in intents:
        verdict = Verdict.REFUSED if wanted else Verdict.UNWANTED_REFUSED
    elif not wanted:
        verdict = Verdict.UNWANTED
    else:
        verdict = Verdict.UNCLEAR if Intent.UNCLEAR in intents else Verdict.MEMBER
    return verdict, (wanted or messages)[0]


@dataclass(slots=True)
class LeftOut:
    """The Telegram ids of the people who are left out of a list, by the reason."""

    refused: list[int] = field(default_factory=list)
    unclear: list[int] = field(default_factory=list)
    suppressed: list[int] = field(default_factory=list)

    def __contains__(self, user_id: int) -> bool:
        return any(user_id in ids for ids in (self.refused, self.unclear, self.suppressed))

    def to_json(self) -> dict[str, list[int]]:
        return {"refused": self.refused, "unclear": self.unclear, "suppressed": self.suppressed}

    def counts(self) -> dict[str, int]:
        return {name: len(ids) for name, ids in self.to_json().items()}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
