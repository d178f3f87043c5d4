"""What the bot waits for while an account's caps are being changed."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Capping(StatesGroup):
    """Data: `account_id`."""

    numbers = State()
