"""How long everybody else waits for an answer while the bot does something long.

One admin saves a large file, starts a campaign of a million people and asks for its report; another
sends /start five times a second meanwhile. The product is a process of its own; the sandbox and
Postgres share the machine with it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psutil

from benchmarks.endtoend import process_of, running_product
from benchmarks.report import Goal, Table
from benchmarks.rows import ADD_CONTACTS, ADD_LIST, ADD_MEMBERS, ADD_TEMPLATE
from db.models.admin import Role
from db.pool import Connection
from db.queries import admins, drafts
from demo.sample import ADMIN_ID, BOT_TOKEN
from sandbox.person import Person

ROWS, PEOPLE, UNKNOWN = 225_000, 1_000_000, 3_000  # unknown: the most that one tap decides about
OTHER_ID = 700_009
BOT_ID = int(BOT_TOKEN.split(":")[0])
EVERY_SECONDS = 0.2
PATIENCE = 900.0
LEAVE_UNKNOWN = """
WITH persons AS (
    INSERT INTO persons (kind, peer_id) SELECT 'user', 9000000000 + pos
    FROM generate_series(1, $3::integer) AS pos RETURNING id, peer_id - 9000000000 AS pos
), doubted AS (
    UPDATE deliveries SET status = 'unknown', reason = 'expired', settled_at = now(),
        first_attempt_at = now(), attempts = 1, account_id = $2, person_id = persons.id,
        peer_id = persons.pos, random_id = persons.pos, due_at = NULL
    FROM persons WHERE campaign_id = $1 AND deliveries.pos = persons.pos RETURNING person_id
), met AS (
    INSERT INTO peers (account_id, person_id, access_hash) SELECT $2, person_id, 1 FROM doubted
)
UPDATE campaigns SET unknown = unknown + (SELECT count(*) FROM doubted) WHERE id = $1
RETURNING unknown
"""


@dataclass(slots=True)
class Phase:
    """What the other admin met while something long was done."""

    name: str
    answers: list[float] = field(default_factory=list)
    took: float = 0.0
    memory: int = 0  # bytes more than before, at most
    units: int = 0


class Town:
    """Anna does what is long, Boris looks at the dashboard."""

    def __init__(self, anna: Person, boris: Person, process: psutil.Process) -> None:
        self.anna, self.boris, self._process = anna, boris, process
        self.phases: list[Phase] = []
        self._ends = asyncio.Event()

    @asynccontextmanager
    async def phase(self, name: str, units: int) -> AsyncIterator[None]:
        """Inside, Boris asks and is answered; the answers are noted."""
        phase = Phase(name, units=units)
        before, began = self._process.memory_info().rss, time.perf_counter()
        async with asyncio.TaskGroup() as group:
            self._ends.clear()
            group.create_task(self._ask(phase, before))
            yield
            phase.took = time.perf_counter() - began
            self._ends.set()  # after the answer that is waited for
        self.phases.append(phase)

    async def _ask(self, phase: Phase, before: int) -> None:
        while not self._ends.is_set():
            began = time.perf_counter()
            await self.boris.say(BOT_ID, "/start")
            await self.boris.wait_for(BOT_ID, "Campaign desk", PATIENCE)
            phase.answers.append(time.perf_counter() - began)
            phase.memory = max(phase.memory, self._process.memory_info().rss - before)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._ends.wait()

    async def press(self, label: str, then: str) -> None:
        await self.anna.press(None, label, who=BOT_ID, timeout=PATIENCE)
        await self.anna.wait_for(BOT_ID, then, PATIENCE)


async def bench() -> Table:
    """The slowest answer during an import, a Start, an expansion, an export and one tap."""
    async with running_product() as (database, sandbox, product, account_id):
        sandbox.add_person("Boris", id=OTHER_ID)
        async with database.connection() as connection:
            await admins.add(connection, OTHER_ID, "Boris", Role.ADMIN)
            await admins.set_language(connection, OTHER_ID, "en")
            campaign_id = await _draft(connection, account_id)
        await product.start()
        anna, boris = sandbox.person(ADMIN_ID), sandbox.person(OTHER_ID)
        town = Town(anna, boris, process_of(product))
        await anna.say(BOT_ID, "/start")
        await anna.wait_for(BOT_ID, "Campaign desk")
        async with town.phase("nothing", 0):
            await asyncio.sleep(5)
        await _import(town)
        await _campaign(town, campaign_id)
        async with database.connection() as connection:
            unknown = await connection.fetchval(LEAVE_UNKNOWN, campaign_id, account_id, UNKNOWN)
        async with town.phase("one answer about the unknown", unknown):
            data = f"u:{campaign_id}:all:arrived:{2**53}"
            said = await town.anna.press_data(BOT_ID, data, timeout=PATIENCE)
        assert said == f"Noted: {unknown:,} arrived.", said
    return _table(town.phases)


async def _import(town: Town) -> None:
    rows = "".join(f"Anna;+7999{n:07};Tver\n" for n in range(ROWS))
    content = f"name;phone;city\n{rows}".encode()
    async with town.phase("reading the file", ROWS):
        await town.anna.send_file(BOT_ID, content, "people.csv")
        await town.anna.wait_for(BOT_ID, "letters look right", PATIENCE)
    async with town.phase("checking it", ROWS):
        await town.press("Yes, check it", "Why may we write")
    await town.press("Customers", "What shall we call")
    await town.press("Keep this name", "people")
    async with town.phase("saving it", ROWS):
        await town.press("Save", "is saved")


async def _campaign(town: Town, campaign_id: int) -> None:
    async with town.phase("the review of a campaign", PEOPLE):
        await town.anna.press_data(BOT_ID, f"e:{campaign_id}:step:review", timeout=PATIENCE)
        await town.anna.wait_for(BOT_ID, "Message: T", PATIENCE)
    async with town.phase("its Start, until it sends", PEOPLE):
        await town.anna.press_data(BOT_ID, f"e:{campaign_id}:start", timeout=PATIENCE)
        await town.anna.wait_for(BOT_ID, "left", PATIENCE)
    await town.press("Stop", "for good?")
    await town.press("Stop for good", "stopped")
    async with town.phase("its report's file", PEOPLE):
        await town.anna.press_data(BOT_ID, f"c:{campaign_id}:file", timeout=PATIENCE)
        await town.anna.wait_for(BOT_ID, lambda m: m.media is not None, PATIENCE)


async def _draft(connection: Connection, account_id: int) -> int:
    """A draft to a million people, whose every choice is made."""
    await connection.execute(ADD_CONTACTS, 1, PEOPLE)
    list_id = await connection.fetchval(ADD_LIST, PEOPLE)
    await connection.execute(ADD_MEMBERS, list_id, PEOPLE)
    await connection.execute("ANALYZE contacts, contact_list_members")
    template_id = await connection.fetchval(ADD_TEMPLATE)
    await connection.execute("UPDATE templates SET text = 'Hello {{name|you}}'")
    campaign_id = await drafts.add(connection, "A million", 1)
    await drafts.put_list(connection, campaign_id, list_id)
    await drafts.set_template(connection, campaign_id, template_id)
    await drafts.put_account(connection, campaign_id, account_id)
    return campaign_id


def _table(phases: list[Phase]) -> Table:
    long = [phase for phase in phases if phase.units]
    slowest = max(max(phase.answers, default=0) for phase in long)
    *_, export, decision = long
    return Table(
        title="Answers while the bot does something long",
        columns=(
            "meanwhile",
            "took, s",
            "per second",
            "answers",
            "median, ms",
            "slowest, ms",
            "MB",
        ),
        rows=[
            (
                phase.name,
                f"{phase.took:.1f}",
                f"{phase.units / phase.took:,.0f}" if phase.units else "",
                f"{len(phase.answers)}",
                f"{sorted(phase.answers)[len(phase.answers) // 2] * 1000:.0f}",
                f"{max(phase.answers) * 1000:.0f}",
                f"{phase.memory / 2**20:.0f}",
            )
            for phase in phases
            if phase.answers
        ],
        goals=[
            Goal.at_most("slowest answer, s", 1, slowest),
            Goal.at_most(f"one answer about {decision.units:,} people, s", 1, decision.took),
            Goal.at_most("memory that the report's file takes, MB", 60, export.memory / 2**20),
        ],
        notes=f"A file of {ROWS:,} rows, a campaign of {PEOPLE:,} people. MB: how much more memory "
        "the product used than at the beginning of the row.",
    )
