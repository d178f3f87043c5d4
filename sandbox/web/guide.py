"""A guide: numbered steps above the conversation, with files to download or to send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide. `files` are offered for download and for sending: name → bytes.

    `caption` goes with a file that the page sends. `done` returns whether the person has done the
    step; the guide then goes on without a press of "Next".
    """

    title: str
    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    caption: str = ""
    done: Callable[[], object] = bool


class Guide:
    """`steps` in their order; `at` is the index of the current step, from 0."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.at = 0

    def look(self) -> int:
        """Advance `at` past the steps that are done and return it.

        A step that is done completes all steps before it. The last step never completes.
        """
        done = [number for number, step in self._pending() if step.done()]
        self.at = max([self.at, *(number + 1 for number in done)])
        return self.at

    def _pending(self) -> list[tuple[int, Step]]:
        """Return the current step and those after it, without the last one."""
        return [*enumerate(self.steps)][self.at : -1]
