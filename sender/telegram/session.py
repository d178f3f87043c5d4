"""A Telethon session whose memory is rows: whom the account has met, and what it has heard.

Telethon reads and writes its session synchronously, so everything lives in memory here. `load`
fills it when a client is opened, `save` writes what has changed since, every few seconds and when
the client is closed. After a kill the rows are a little behind: then Telegram is asked for what
happened since, and tells some of it twice, but nothing is missed. The key itself is not kept
here: it is sealed, and changes only with a sign-in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from telethon.sessions import StringSession
from telethon.tl import types

from db.models.session import Entity, UpdateState
from db.pool import Database
from db.queries import sessions

ITSELF = 0  # where Telethon keeps its own user id, and the state of the account as a whole
UNHEARD = 0  # the pts of a client that was never told where it is

_HEARD = (
    types.updates.Difference,
    types.updates.DifferenceEmpty,
    types.updates.DifferenceTooLong,
)


class KeptSession(StringSession):  # type: ignore[misc]  # Telethon carries no types
    """The session with the key that `text`, a Telethon session string, carries.

    `sign_in` is the number of the account's sign-in that it is from. `caught_up` is set when
    Telegram has told what happened while nobody was connected.
    """

    def __init__(self, text: str = "", sign_in: int = 0) -> None:
        super().__init__(text)
        self.sign_in = sign_in
        self.caught_up = asyncio.Event()
        self._entities: dict[int, Entity] = {}
        self._ids: dict[str, int] = {}  # by username and by phone
        self._states: dict[int, UpdateState] = {}
        self._new_entities: set[int] = set()
        self._new_states: set[int] = set()

    def remember(self, entities: Iterable[Entity], states: Iterable[UpdateState]) -> None:
        """What is known from the rows."""
        for entity in entities:
            self._keep(entity)
        self._states.update({state.entity_id: state for state in states})

    @property
    def has_met_people(self) -> bool:
        """Whether it knows anybody but itself."""
        itself = self._entities.get(ITSELF)
        known = {ITSELF} if itself is None else {ITSELF, itself.access_hash}
        return not self._entities.keys() <= known

    def take_news(self) -> tuple[list[Entity], list[UpdateState]]:
        """What was learnt since the last call; whoever cannot write it gives it to `put_back`."""
        news = (
            [self._entities[entity_id] for entity_id in self._new_entities],
            [self._states[entity_id] for entity_id in self._new_states],
        )
        self._new_entities, self._new_states = set(), set()
        return news

    def put_back(self, entities: Iterable[Entity], states: Iterable[UpdateState]) -> None:
        self._new_entities |= {entity.entity_id for entity in entities}
        self._new_states |= {state.entity_id for state in states}

    # --- what Telethon calls ----------------------------------------------------

    def process_entities(self, tlo: Any) -> None:
        """Every answer and update passes by here."""
        for entity_id, access_hash, username, phone, _ in self._entities_to_rows(tlo):
            entity = Entity(entity_id, access_hash, username, phone)
            if self._entities.get(entity_id) != entity:
                self._keep(entity)
                self._new_entities.add(entity_id)
        if isinstance(tlo, types.updates.State) and ITSELF not in self._states:
            self.set_update_state(ITSELF, tlo)  # from the first moment on nothing is missed
        elif isinstance(tlo, _HEARD):
            self.caught_up.set()

    def get_entity_rows_by_id(self, id: int, exact: bool = True) -> tuple[int, int] | None:  # noqa: A002
        marked = (id,) if exact else (id, -id, -1_000_000_000_000 - id)
        return next((found for one in marked if (found := self._row(one)) is not None), None)

    def get_entity_rows_by_username(self, username: str) -> tuple[int, int] | None:
        return self._named(username.lower())

    def get_entity_rows_by_phone(self, phone: str) -> tuple[int, int] | None:
        return self._named(phone)

    def get_entity_rows_by_name(self, name: str) -> None:
        """Nobody is addressed by a name that anyone may take."""

    def get_update_state(self, entity_id: int) -> Any:
        state = self._states.get(entity_id)
        return None if state is None else _as_telethon(state)

    def get_update_states(self) -> list[tuple[int, Any]]:
        return [(entity_id, _as_telethon(state)) for entity_id, state in self._states.items()]

    def set_update_state(self, entity_id: int, state: Any) -> None:
        """A client that fails before it is connected says 0: that is no news."""
        if state.pts == UNHEARD:
            return
        date = state.date if state.date.tzinfo else datetime.now(UTC)  # a channel's is nothing
        known = self._states.get(entity_id)
        if known is None or (known.pts, known.qts, known.seq) != (state.pts, state.qts, state.seq):
            self._states[entity_id] = UpdateState(entity_id, state.pts, state.qts, date, state.seq)
            self._new_states.add(entity_id)

    def _keep(self, entity: Entity) -> None:
        self._entities[entity.entity_id] = entity
        for name in (entity.username, entity.phone):
            if name is not None:
                self._ids[name] = entity.entity_id

    def _named(self, name: str) -> tuple[int, int] | None:
        entity = self._entities.get(self._ids.get(name, ITSELF))
        if entity is None or name not in (entity.username, entity.phone):
            return None  # the name was given up since
        return entity.entity_id, entity.access_hash

    def _row(self, entity_id: int) -> tuple[int, int] | None:
        entity = self._entities.get(entity_id)
        return None if entity is None else (entity.entity_id, entity.access_hash)


async def load(database: Database, account_id: int, text: str, sign_in: int = 0) -> KeptSession:
    """The account's session: its unsealed key, and all that its rows know. ValueError: no key."""
    session = KeptSession(text, sign_in)
    async with database.connection() as connection:
        session.remember(
            await sessions.find_entities(connection, account_id),
            await sessions.find_update_states(connection, account_id),
        )
    return session


async def save(
    database: Database, account_id: int, session: KeptSession, fence: int | None = None
) -> None:
    """Write what it has learnt since; on an error nothing is lost, the next call writes it."""
    entities, states = session.take_news()
    if not entities and not states:
        return
    try:
        async with database.transaction() as connection:
            await sessions.save_entities(connection, account_id, entities, fence=fence)
            await sessions.save_update_states(connection, account_id, states, fence=fence)
    except BaseException:
        session.put_back(entities, states)
        raise


def _as_telethon(state: UpdateState) -> Any:
    return types.updates.State(
        pts=state.pts, qts=state.qts, date=state.date, seq=state.seq, unread_count=0
    )
