"""The prompt of a time zone. aiogram stores its name: `Preferences:zone`."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Preferences(StatesGroup):
    """No data."""

    zone = State()
