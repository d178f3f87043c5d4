"""The guided path: where the newcomer has got to."""

from __future__ import annotations

from sandbox.web.stage import Step


class Guide:
    """`steps` in their order; `at` is the number of the one to do now, from 0."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.at = 0

    def look(self) -> int:
        """`at`, after the steps that have been done meanwhile."""
        while self.at < len(self.steps) - 1 and self.steps[self.at].done():
            self.at += 1
        return self.at
