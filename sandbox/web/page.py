"""One open page: what it shows, and what of that has changed since the last frame.

The server keeps no queue of events for a page, but the set of what is stale. A page receives at
most one frame in `PAUSE` seconds, with the newest state of each thing, so a slow browser costs no
memory however fast messages are sent.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import asdict
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.web import serializers
from sandbox.web.counters import Counters
from sandbox.web.fault_buttons import FaultButtons
from sandbox.web.guide import Guide
from sandbox.web.layout import Layout, Side
from sandbox.world import CallbackAnswered, Message

# Seconds between two frames, and between two looks at what nothing announces.
PAUSE = 0.05
REFRESH = 1.0
PAGE_SIZE = 200  # messages

Json = dict[str, Any]


class Page:
    """Sends frames to one browser. A frame is a JSON object; each key has a listener in the page:

    at once    hello, view, older, pressed, answer, menu, refused, go
    if stale   rows, patch (of the open conversation), counters, faults, step
    """

    def __init__(
        self,
        layout: Layout,
        counters: Counters,
        buttons: FaultButtons,
        guide: Guide,
        socket: web.WebSocketResponse,
    ) -> None:
        self._layout = layout
        self._world = layout.world
        self._counters = counters
        self._buttons = buttons
        self._guide = guide
        self._socket = socket
        self._view: Side | None = None
        self._rows: set[Side] = set(layout.sides())
        self._messages: set[int] = set()
        self._notes: list[Json] = []
        self._last: Json = {}
        self._queries: set[str] = set()
        self._stale = asyncio.Event()

    # --- called by the hub and the actions --------------------------------------

    def changed(self, side: Side, message_ids: tuple[int, ...] = ()) -> None:
        """Mark this side of a conversation and these of its messages as stale."""
        if self._layout.section(side):
            self._rows.add(side)
        if side == self._view:
            self._messages.update(message_ids)
        self._stale.set()

    def refresh(self) -> None:
        """Send the counters, the buttons and the guide if they have changed."""
        self._stale.set()

    def pressed(self, query_id: str) -> None:
        """Send the answer to this callback query to this page and to no other."""
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
        """Send this frame once, before the stale ones."""
        self._notes.append(frame)
        self._stale.set()

    def look(self, side: Side) -> None:
        """Open this conversation and send its newest messages."""
        self._view = side
        self._messages.clear()
        newest = self._world.history(*side)[-PAGE_SIZE:]
        self.note(view=self._head(side) | self._page_of(side, newest))

    def older(self, before: int) -> None:
        """Send the messages of the open conversation that precede the id `before`."""
        if self._view is not None:
            history = [m for m in self._world.history(*self._view) if m.id < before]
            self.note(older=_named(self._view) | self._page_of(self._view, history[-PAGE_SIZE:]))

    def _head(self, side: Side) -> Json:
        return _named(side) | {"head": serializers.head(self._layout, side)}

    def _page_of(self, side: Side, messages: list[Message]) -> Json:
        world = self._world
        first = next(iter(world.history(*side)), None)
        return {
            "messages": [serializers.message(world, one) for one in messages],
            "more": bool(messages and first and messages[0].id > first.id),
        }

    # --- the socket ---------------------------------------------------------------

    async def send_frames(self) -> None:
        """Send what is stale until the browser disconnects."""
        with contextlib.suppress(ConnectionError):
            while True:
                for frame in self._frames():
                    await self._socket.send_json(frame)
                await asyncio.sleep(PAUSE)
                # Nothing announces a change of the caller's counters or of the guide.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(REFRESH):
                        await self._stale.wait()

    def _frames(self) -> list[Json]:
        self._stale.clear()
        notes, self._notes = self._notes, []
        rows, self._rows = self._rows, set()
        frame: Json = {}
        if rows:
            frame["rows"] = [serializers.row(self._layout, side) for side in rows]
        if self._view is not None:
            frame |= self._patch(self._view)
        for name, value in (
            ("counters", [asdict(counter) for counter in self._counters()]),
            ("faults", self._buttons.serialize()),
            ("step", self._guide.look()),
        ):
            if self._last.get(name) != value:
                self._last[name] = frame[name] = value
        return [*notes, frame] if frame else notes

    def _patch(self, view: Side) -> Json:
        """Return the changed messages, the ids of deleted ones and the head; or nothing."""
        ids, self._messages = self._messages, set()
        head = self._head(view)
        if not ids and self._last.get("head") == head:
            return {}
        self._last["head"] = head
        box = self._world.boxes[view[0]]
        world = self._world
        changed = [serializers.message(world, box[one]) for one in sorted(ids) if one in box]
        return {"patch": head | {"messages": changed, "gone": sorted(ids - box.keys())}}

    async def receive(self) -> Any:
        """Return the browser's next request as parsed JSON; None when it has disconnected."""
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
