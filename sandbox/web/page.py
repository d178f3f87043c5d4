"""One open page: what it looks at, and what of that has changed since it was told.

The server keeps no queue of events for a page but the set of what is stale. However fast a
campaign runs, a page gets at most one frame in `PAUSE` seconds with the newest state of each
thing, and a slow browser costs no memory.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.web import serializers
from sandbox.web.counters import Truth
from sandbox.web.fault_buttons import Mischief
from sandbox.web.guide import Guide
from sandbox.web.layout import Side, Stage
from sandbox.world import CallbackAnswered, Message

PAUSE = 0.05
LOOK_AGAIN = 1.0
PAGEFUL = 200

Json = dict[str, Any]


class Page:
    """Frames to the browser are JSON objects; each key is one thing for its modules to hear:

    at once    hello, view, older, pressed, answer, menu, refused, go
    if stale   rows, patch (of the open conversation), truth, misfortunes, step
    """

    def __init__(
        self,
        stage: Stage,
        truth: Truth,
        mischief: Mischief,
        guide: Guide,
        socket: web.WebSocketResponse,
    ) -> None:
        self._stage = stage
        self._truth = truth
        self._mischief = mischief
        self._guide = guide
        self._socket = socket
        self._view: Side | None = None
        self._rows: set[Side] = set(stage.sides())
        self._messages: set[int] = set()
        self._notes: list[Json] = []
        self._told: Json = {}
        self._queries: set[str] = set()
        self._stir = asyncio.Event()

    # --- what the hub and the acts tell it ------------------------------------

    def changed(self, side: Side, message_ids: tuple[int, ...] = ()) -> None:
        if self._stage.group(side):
            self._rows.add(side)
        if side == self._view:
            self._messages.update(message_ids)
        self._stir.set()

    def stir(self) -> None:
        """Something that is looked at with each frame may have changed."""
        self._stir.set()

    def pressed(self, query_id: str) -> None:
        """The answer to this press is for this page."""
        self._queries.add(query_id)

    def answered(self, answer: CallbackAnswered) -> None:
        if answer.query_id in self._queries:
            self._queries.discard(answer.query_id)
            self.note(
                answer={
                    "query": answer.query_id,
                    "text": answer.text,
                    "alert": answer.alert,
                    "url": answer.url,
                }
            )

    def note(self, **frame: Any) -> None:
        """Tell the page this, once."""
        self._notes.append(frame)
        self._stir.set()

    def look(self, side: Side) -> None:
        """Show this conversation from now on, beginning with its newest messages."""
        self._view = side
        self._messages.clear()
        newest = self._stage.world.history(*side)[-PAGEFUL:]
        self.note(view=self._head(side) | self._pageful(side, newest))

    def older(self, before: int) -> None:
        if self._view is not None:
            history = [m for m in self._stage.world.history(*self._view) if m.id < before]
            self.note(older=_named(self._view) | self._pageful(self._view, history[-PAGEFUL:]))

    def _head(self, side: Side) -> Json:
        return _named(side) | {"head": serializers.head(self._stage, side)}

    def _pageful(self, side: Side, messages: list[Message]) -> Json:
        world = self._stage.world
        first = next(iter(world.history(*side)), None)
        return {
            "messages": [serializers.message(world, one) for one in messages],
            "more": bool(messages and first and messages[0].id > first.id),
        }

    # --- what the browser is told ----------------------------------------------

    async def tell(self) -> None:
        """Send what is stale, until the browser leaves."""
        with contextlib.suppress(ConnectionError):
            while True:
                for frame in self._frames():
                    await self._socket.send_json(frame)
                await asyncio.sleep(PAUSE)
                # A misfortune that strikes is no event of the world: nobody tells of it.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await self._stir.wait()

    def _frames(self) -> list[Json]:
        self._stir.clear()
        notes, self._notes = self._notes, []
        rows, self._rows = self._rows, set()
        frame: Json = {}
        if rows:
            frame["rows"] = [serializers.row(self._stage, side) for side in rows]
        if self._view is not None:
            frame |= self._patch(self._view)
        for name, value in (
            ("truth", self._truth.counts()),
            ("misfortunes", self._mischief.shown()),
            ("step", self._guide.look()),
        ):
            if self._told.get(name) != value:
                self._told[name] = frame[name] = value
        return [*notes, frame] if frame else notes

    def _patch(self, view: Side) -> Json:
        """Changed messages whole, the ids of those that are gone, and the head."""
        ids, self._messages = self._messages, set()
        head = self._head(view)
        if not ids and self._told.get("head") == head:
            return {}
        self._told["head"] = head
        box = self._stage.world.boxes[view[0]]
        world = self._stage.world
        changed = [serializers.message(world, box[one]) for one in sorted(ids) if one in box]
        return {"patch": head | {"messages": changed, "gone": sorted(ids - box.keys())}}

    async def asks(self) -> Any:
        """The next request of the browser; None when it has left."""
        while not self._socket.closed:
            frame = await self._socket.receive()
            if frame.type is WSMsgType.TEXT:
                with contextlib.suppress(ValueError):
                    return frame.json()
            elif frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
                return None
        return None


def _named(side: Side) -> Json:
    return {"owner": side[0], "chat": side[1]}
