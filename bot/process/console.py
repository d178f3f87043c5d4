"""Questions at the terminal. A secret is not echoed when standard input is a terminal."""

from __future__ import annotations

import asyncio
import getpass
import sys


class InputClosed(Exception):
    """Standard input has ended, so there is no answer."""


async def ask(question: str) -> str:
    """Return one line of standard input, trimmed. Raise InputClosed."""
    return await asyncio.to_thread(_ask, question)


async def ask_secret(question: str) -> str:
    """Return one line that is not shown while it is typed. Raise InputClosed."""
    if sys.stdin.isatty():
        return await asyncio.to_thread(getpass.getpass, f"{question} ")
    return await ask(question)


def say(line: str) -> None:
    """Write one line to standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _ask(question: str) -> str:
    sys.stdout.write(f"{question} ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise InputClosed
    return line.strip()
