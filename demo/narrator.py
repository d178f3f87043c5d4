"""Prints a tour: chapters, what each participant says and does, and a progress bar."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TextIO

_BOLD, _DIM, _GREEN, _RED, _RESET = "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m"
_BAR_CELLS, _NAME_WIDTH, _MAX_WIDTH = 30, 10, 100


class Narrator:
    """Writes to `out`. Colours and a bar that moves need a terminal."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._bar_shown = False
        self._last_tenth = -1

    def chapter(self, title: str) -> None:
        """Print a title, in bold."""
        self._write(f"\n{self._styled(title, _BOLD)}")

    def line(self, speaker: str, text: str) -> None:
        """Print what `speaker` says or does; long lines are wrapped below the name."""
        width = min(shutil.get_terminal_size().columns, _MAX_WIDTH) - _NAME_WIDTH - 4
        lines = [
            piece for line in text.splitlines() for piece in textwrap.wrap(line, width) or [""]
        ]
        for i, line in enumerate(lines):
            name = f"{speaker if i == 0 else '':>{_NAME_WIDTH}}  "
            self._write(self._styled(name, _DIM) + line)

    def event(self, text: str) -> None:
        """Print an event without a speaker: a fault or a restart."""
        self._write(f"{'':>{_NAME_WIDTH}}  {self._styled('✱ ' + text, _RED)}")

    def progress(self, done: int, total: int, unit: str) -> None:
        """Show the campaign's progress: a moving bar, or without a terminal a line per tenth."""
        filled = _BAR_CELLS * done // max(total, 1)
        bar = f"{'▰' * filled}{'▱' * (_BAR_CELLS - filled)} {done:>4} of {total}  {unit}"
        indent = " " * (_NAME_WIDTH + 2)
        if self._terminal:
            self._out.write(f"\r\033[K{indent}{_GREEN}{bar}{_RESET}")
            self._out.flush()
            self._bar_shown = True
        elif (tenth := 10 * done // max(total, 1)) > self._last_tenth:
            self._last_tenth = tenth
            self._write(f"{indent}{bar}")

    def result(self, line: str) -> None:
        """Print the last line, without indent and style: programs parse it."""
        self._write(f"\n{line}")

    def _write(self, line: str) -> None:
        if self._bar_shown:
            self._out.write("\n")
            self._bar_shown = False
        self._out.write(line + "\n")
        self._out.flush()

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self._terminal else text
