"""The log of effects: one JSON line for each effect on a person.

It is the ground truth of the tests. A line is on disk (fsync) before the API answers, so a client
never knows of an effect that is not in the log. Concurrent writers share one fsync.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.background import BackgroundTasks


class EffectLog:
    """Append-only JSON lines at `path`; `write` returns when the line is durable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._background = BackgroundTasks()

    async def write(self, kind: str, **what: Any) -> None:
        """Append `{"at": …, "kind": kind, **what}`; `at` is in Unix seconds with a fraction.

        Raises the OSError of a failed write, for every line of the batch.
        """
        line = json.dumps({"at": time.time(), "kind": kind, **what}, ensure_ascii=False)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((line.encode() + b"\n", done))
        if self._flushing is None or self._flushing.done():
            self._flushing = self._background.start(self._flush())
        await done

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            failure: Exception | None = None
            try:
                await asyncio.to_thread(self._append, b"".join(line for line, _ in batch))
            except (OSError, ValueError) as error:
                failure = error
            for _, done in batch:
                if done.done():
                    continue
                if failure is None:
                    done.set_result(None)
                else:
                    done.set_exception(failure)

    def _append(self, data: bytes) -> None:
        self._file.write(data)
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield every entry so far, oldest first."""
        return read_log(self.path)


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the entries of a log that is still written to, without an incomplete last line."""
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)
