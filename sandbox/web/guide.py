"""The guided path: where the newcomer has got to."""

from __future__ import annotations

from sandbox.web.layout import Step


class Guide:
    """`steps` in their order; `at` is the number of the one to do now, from 0."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.at = 0

    def look(self) -> int:
        """`at`, after the steps done meanwhile; whoever does a later one has left those before."""
        done = [number for number, step in self._ahead() if step.done()]
        self.at = max([self.at, *(number + 1 for number in done)])
        return self.at

    def _ahead(self) -> list[tuple[int, Step]]:
        """The step to do now and those after it, but for the last, which ends the path."""
        return [*enumerate(self.steps)][self.at : -1]
