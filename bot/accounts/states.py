"""The prompt of an account's caps. aiogram stores its name: `Capping:numbers`."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Capping(StatesGroup):
    """Data: `account_id`."""

    numbers = State()
