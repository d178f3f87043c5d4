"""A Telethon session kept in rows: the entities that the account has met, and its update states.

Telethon reads and writes its session synchronously, so all of it is held in memory. `load` fills it
when a client is opened. `save` writes what has changed, every few seconds and when the client is
closed. After a crash the rows are a little behind: Telegram repeats some updates, and none is
missed (core.telegram.org/api/updates). The key is not saved here: it is sealed, and changes with a
sign-in, and when the account moves to another data centre.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from telethon.crypto import AuthKey
from telethon.sessions import StringSession
from telethon.tl import types

from db.models.session import Entity, UpdateState
from db.pool import Database
from db.queries import sessions

ITSELF = 0  # where Telethon keeps its own user id, and the update state of the account
NO_PTS = 0  # the pts of a client that has no update state yet

_DIFFERENCES = (
    types.updates.Difference,
    types.updates.DifferenceEmpty,
    types.updates.DifferenceTooLong,
)


class KeptSession(StringSession):  # type: ignore[misc]  # Telethon carries no types
    """A session with the key of `text`, a Telethon session string.

    `sign_in` is the number of the account's sign-in that made it. `caught_up` is set when Telegram
    has answered updates.getDifference. `has_moved`: the key and the data centre differ from those
    that were sealed.
    """

    def __init__(self, text: str = "", sign_in: int = 0) -> None:
        super().__init__(text)
        self.sign_in = sign_in
        self.caught_up = asyncio.Event()
        self.has_moved = False
        self._entities: dict[int, Entity] = {}
        self._ids: dict[str, int] = {}  # by username and by phone
        self._states: dict[int, UpdateState] = {}
        self._new_entities: set[int] = set()
        self._new_states: set[int] = set()

    def move(self, dc_id: int, host: str, port: int, key: AuthKey) -> None:
        """Go on with the key of a sign-in that was carried to this data centre."""
        self.set_dc(dc_id, host, port)
        self.auth_key, self.has_moved = AuthKey(key.key), True

    def remember(self, entities: Iterable[Entity], states: Iterable[UpdateState]) -> None:
        """Add what the rows hold."""
        for entity in entities:
            self._keep(entity)
        self._states.update({state.entity_id: state for state in states})

    @property
    def has_met_people(self) -> bool:
        """Whether the session knows an entity other than the account itself."""
        itself = self._entities.get(ITSELF)
        known = {ITSELF} if itself is None else {ITSELF, itself.access_hash}
        return not self._entities.keys() <= known

    def take_news(self) -> tuple[list[Entity], list[UpdateState]]:
        """Return what was learnt since the last call. `put_back` it if it cannot be written."""
        news = (
            [self._entities[entity_id] for entity_id in self._new_entities],
            [self._states[entity_id] for entity_id in self._new_states],
        )
        self._new_entities, self._new_states = set(), set()
        return news

    def put_back(self, entities: Iterable[Entity], states: Iterable[UpdateState]) -> None:
        """Return these again with the next `take_news`."""
        self._new_entities |= {entity.entity_id for entity in entities}
        self._new_states |= {state.entity_id for state in states}

    # --- what Telethon calls ----------------------------------------------------

    def process_entities(self, tlo: Any) -> None:
        """Keep the entities of `tlo`; Telethon passes every answer and update."""
        for entity_id, access_hash, username, phone, _ in self._entities_to_rows(tlo):
            entity = Entity(entity_id, access_hash, username, phone)
            if self._entities.get(entity_id) != entity:
                self._keep(entity)
                self._new_entities.add(entity_id)
        if isinstance(tlo, types.updates.State) and ITSELF not in self._states:
            self.set_update_state(ITSELF, tlo)  # no update is missed from the first state on
        elif isinstance(tlo, _DIFFERENCES):
            self.caught_up.set()

    def get_entity_rows_by_id(self, id: int, exact: bool = True) -> tuple[int, int] | None:  # noqa: A002
        marked = (id,) if exact else (id, -id, -1_000_000_000_000 - id)
        return next((found for one in marked if (found := self._row(one)) is not None), None)

    def get_entity_rows_by_username(self, username: str) -> tuple[int, int] | None:
        return self._named(username.lower())

    def get_entity_rows_by_phone(self, phone: str) -> tuple[int, int] | None:
        return self._named(phone)

    def get_entity_rows_by_name(self, name: str) -> None:
        """Return None: display names are not unique."""

    def get_update_state(self, entity_id: int) -> Any:
        state = self._states.get(entity_id)
        return None if state is None else _as_telethon(state)

    def get_update_states(self) -> list[tuple[int, Any]]:
        return [(entity_id, _as_telethon(state)) for entity_id, state in self._states.items()]

    def set_update_state(self, entity_id: int, state: Any) -> None:
        """Keep an update state, but not that of a client that failed before it had one (pts 0)."""
        if state.pts == NO_PTS:
            return
        # Telethon gives the state of a channel a date without a time zone, which means nothing.
        date = state.date if state.date.tzinfo else datetime.now(UTC)
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
            return None  # the entity has another name now
        return entity.entity_id, entity.access_hash

    def _row(self, entity_id: int) -> tuple[int, int] | None:
        entity = self._entities.get(entity_id)
        return None if entity is None else (entity.entity_id, entity.access_hash)


async def load(database: Database, account_id: int, text: str, sign_in: int = 0) -> KeptSession:
    """Return the session of this unsealed key with all that its rows hold.

    ValueError when `text` is not a Telethon session string.
    """
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
    """Write what the session has learnt. After an error the next call writes it.

    With a `fence`, nothing is written when the account's fencing token is another one.
    """
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
