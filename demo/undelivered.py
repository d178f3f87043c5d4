"""Who should have got the newest campaign's message and has not: the page's counter of the lost.

While the demo is played by hand nobody but the product knows whom a campaign is for. When it has
finished, the report's CSV names them all; each of them is then looked up in the pretend Telegram.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

from sandbox.web import Counter
from sandbox.world import Message, PersonRecord, World

REPORT = "campaign-"
# What a report calls people who were not to get anything (more), in the product's languages; who
# was "sent" something without an id was so in a dry run.
SPARED = frozenset("skipped|not sent|sent|пропущено|не отправлено|отправлено".split("|"))


@dataclass(frozen=True, slots=True)
class Owed:
    """People who should have got a campaign's message and have not: `over` makes them lost."""

    people: int
    over: bool


class Debt:
    """Called by the page again and again. `audience` is whom a tour writes to, known beforehand."""

    def __init__(
        self,
        world: World,
        *,
        admin_id: int,
        bot_id: int,
        sender_id: int,
        audience: Collection[int] = (),
    ) -> None:
        self._world, self._sender_id = world, sender_id
        self._desk = admin_id, bot_id
        self._audience = frozenset(audience)
        self._seen: tuple[int, Owed] | None = None

    def __call__(self) -> Owed | None:
        report = next(filter(is_report, reversed(self._world.history(*self._desk))), None)
        if report is None or report.media is None:
            got = self._audience & set(self._world.chats(self._sender_id))
            return Owed(len(self._audience) - len(got), over=False) if self._audience else None
        if self._seen is None or self._seen[0] != report.id:
            rows = list(csv.reader(io.StringIO(report.media.data.decode("utf-8-sig"))))[1:]
            self._seen = report.id, Owed(sum(map(self._is_lost, rows)), over=True)
        return self._seen[1]

    def counters(self) -> list[Counter]:
        """What is owed as a counter of the page; none where it is not known."""
        if (owed := self()) is None:
            return []
        if owed.over:
            return [Counter("Lost", owed.people, "error")]
        return [Counter("Still to come", owed.people, "wide")]

    def _is_lost(self, row: list[str]) -> bool:
        """A row is: number, contact, status, reason, time, id of the message."""
        _, contact, status, _, _, message_id = row
        person = self._find(contact)
        if person is None:
            return False
        if message_id:  # a test's messages go to the sender itself
            sent = self._world.boxes[self._sender_id].get(int(message_id))
            return sent is None or sent.chat_id not in (person.id, self._sender_id)
        return status not in SPARED and self._could_be_reached(person)

    def _find(self, contact: str) -> PersonRecord | None:
        if contact.startswith("@"):
            return self._world.by_username(contact)
        if contact.startswith("+"):
            return self._world.by_phone(contact)
        return self._world.people.get(int(contact)) if contact.isdecimal() else None

    def _could_be_reached(self, person: PersonRecord) -> bool:
        shut = self._sender_id in person.blocked or not person.accepts_strangers
        return not (shut or person.deleted)


def ends_campaign(entry: dict[str, object]) -> bool:
    """Whether with this entry of the log of effects a report was given to the admin."""
    return str(entry.get("file_name")).startswith(REPORT)


def is_report(message: Message) -> bool:
    """Whether this message carries a finished campaign's file of every person."""
    return message.media is not None and message.media.file_name.startswith(REPORT)
