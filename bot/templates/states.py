"""What the bot waits for while a message template is being made."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Composing(StatesGroup):
    """Data: what was sent so far."""

    message = State()
    name = State()
