"""Tells a tour aloud: who does what, with a bar that moves where a terminal can move it."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TextIO

_BOLD, _DIM, _GREEN, _RED, _OFF = "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m"


class Story:
    """Writes to `out`; colours and a moving bar on a terminal only."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._bar_shown = False
        self._last_tenth = -1

    def chapter(self, title: str) -> None:
        self._write(f"\n{self._dressed(title, _BOLD)}")

    def says(self, who: str, what: str) -> None:
        """A line of somebody's; long ones are wrapped under their name."""
        width = min(shutil.get_terminal_size().columns, 100) - 14
        lines = [
            piece for line in what.splitlines() for piece in textwrap.wrap(line, width) or [""]
        ]
        for i, line in enumerate(lines):
            name = f"{who if i == 0 else '':>10}  "
            self._write(self._dressed(name, _DIM) + line)

    def happens(self, what: str) -> None:
        """Something nobody said: a misfortune, a restart."""
        self._write(f"{'':>10}  {self._dressed('✱ ' + what, _RED)}")

    def progress(self, done: int, total: int, note: str) -> None:
        """Where the campaign stands; a line for each tenth where nothing can move."""
        filled = 30 * done // max(total, 1)
        bar = f"{'▰' * filled}{'▱' * (30 - filled)} {done:>4} of {total}  {note}"
        if self._terminal:
            self._out.write(f"\r\033[K{'':>12}{_GREEN}{bar}{_OFF}")
            self._out.flush()
            self._bar_shown = True
        elif (tenth := 10 * done // max(total, 1)) > self._last_tenth:
            self._last_tenth = tenth
            self._write(f"{'':>12}{bar}")

    def ends(self, line: str) -> None:
        """The last line, bare: it is read by machines too."""
        self._write(f"\n{line}")

    def _write(self, line: str) -> None:
        if self._bar_shown:
            self._out.write("\n")
            self._bar_shown = False
        self._out.write(line + "\n")
        self._out.flush()

    def _dressed(self, text: str, style: str) -> str:
        return f"{style}{text}{_OFF}" if self._terminal else text
