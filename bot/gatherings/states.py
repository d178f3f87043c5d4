"""The prompts about people who wrote to an account. aiogram stores their names: `Gather:days`."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Gather(StatesGroup):
    """Data: `account_id`, then `days`, `words` and `name` as they are answered."""

    days = State()
    words = State()
    name = State()
    ready = State()
