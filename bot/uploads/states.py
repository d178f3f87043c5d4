"""The prompts of saving a contact list. aiogram stores their names: `Uploading:list_name`."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Uploading(StatesGroup):
    """Data: `upload_id`."""

    list_name = State()
    basis_note = State()
