"""The prompt of the closing line. aiogram stores its name: `OptingOut:line`."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class OptingOut(StatesGroup):
    """No data."""

    line = State()
