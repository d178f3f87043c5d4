"""What the bot waits for when it waits for typing. The rest of a conversation is in rows."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Uploading(StatesGroup):
    """A contact list on its way; data: upload_id."""

    list_name = State()
    basis_note = State()


class Composing(StatesGroup):
    """A message being made."""

    message = State()
    name = State()


class Building(StatesGroup):
    """A draft campaign; data: campaign_id."""

    name = State()
    rate = State()


class OptingOut(StatesGroup):
    """The line that ends every message to a person."""

    line = State()


class Capping(StatesGroup):
    """An account's caps; data: account_id."""

    numbers = State()


class Settling(StatesGroup):
    """An admin's own settings."""

    zone = State()
