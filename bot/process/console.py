"""Asks at the terminal. A secret is not echoed where there is a terminal to be silent on."""

from __future__ import annotations

import asyncio
import getpass
import sys


class Closed(Exception):
    """Nobody answers: standard input has ended."""


async def ask(question: str) -> str:
    """One line, trimmed."""
    return await asyncio.to_thread(_ask, question)


async def ask_secret(question: str) -> str:
    """One line that is not shown while it is typed."""
    if sys.stdin.isatty():
        return await asyncio.to_thread(getpass.getpass, f"{question} ")
    return await ask(question)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _ask(question: str) -> str:
    sys.stdout.write(f"{question} ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise Closed
    return line.strip()
