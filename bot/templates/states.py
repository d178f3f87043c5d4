"""The prompts of composing a message. aiogram stores their names: `Composing:name`."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Composing(StatesGroup):
    """Data: the message as it was sent; see `compose_router`."""

    message = State()
    name = State()
