"""What the bot waits for while an admin changes their preferences."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Settling(StatesGroup):
    """No data."""

    zone = State()
