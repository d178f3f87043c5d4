"""Counts who should have received the newest campaign's message and has not, for the page.

Before a campaign ends, only the product knows its audience. The report names all of it, and each
person is then looked up in the sandbox's world. A tour knows its audience from the start.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from demo.report import ReportRow, is_report, read_report
from sandbox.web import Counter
from sandbox.world import PersonRecord, World

# Statuses of people who were to receive nothing (more), in the product's languages. A dry run
# writes "sent" without a message id.
NOTHING_DUE = frozenset("skipped|not sent|sent|пропущено|не отправлено|отправлено".split("|"))


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How many people should have a campaign's message and do not.

    They are lost when the campaign is `finished`, and still to come before that.
    """

    people: int
    finished: bool


class UndeliveredCounter:
    """Counts when called; a finished report is read once.

    `admin_id`, `bot_id` and `sender_id` are ids of the world. `audience` are the ids of the people
    that a tour writes to; empty when the audience is not known before the report.
    """

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
        self._admin_chat = admin_id, bot_id
        self._audience = frozenset(audience)
        self._newest: tuple[int, Undelivered] | None = None

    def __call__(self) -> Undelivered | None:
        """Return the count of the newest campaign; None without a report and an audience."""
        history = self._world.history(*self._admin_chat)
        report = next(filter(is_report, reversed(history)), None)
        if report is None:
            return self._of_the_audience()
        if self._newest is None or self._newest[0] != report.id:
            lost = sum(map(self._is_lost, read_report(report)))
            self._newest = report.id, Undelivered(lost, finished=True)
        return self._newest[1]

    def counters(self) -> list[Counter]:
        """Return the count as a counter of the page; none when it is not known."""
        if (undelivered := self()) is None:
            return []
        if undelivered.finished:
            return [Counter("Lost", undelivered.people, "error")]
        return [Counter("Still to come", undelivered.people, "wide")]

    def _of_the_audience(self) -> Undelivered | None:
        if not self._audience:
            return None
        reached = self._audience & set(self._world.chats(self._sender_id))
        return Undelivered(len(self._audience) - len(reached), finished=False)

    def _is_lost(self, row: ReportRow) -> bool:
        person = self._find(row.contact)
        if person is None:
            return False
        if row.message_id is not None:
            sent = self._world.boxes[self._sender_id].get(row.message_id)
            # A test campaign writes to the sender's own account instead of the person.
            return sent is None or sent.chat_id not in (person.id, self._sender_id)
        return row.status not in NOTHING_DUE and self._is_reachable(person)

    def _find(self, contact: str) -> PersonRecord | None:
        if contact.startswith("@"):
            return self._world.by_username(contact)
        if contact.startswith("+"):
            return self._world.by_phone(contact)
        return self._world.people.get(int(contact)) if contact.isdecimal() else None

    def _is_reachable(self, person: PersonRecord) -> bool:
        refuses = self._sender_id in person.blocked or not person.accepts_strangers
        return not (refuses or person.deleted)
