"""What the bot waits for while the opt-out line is being changed."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class OptingOut(StatesGroup):
    """No data."""

    line = State()
