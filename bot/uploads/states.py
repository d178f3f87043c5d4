"""What the bot waits for while a contact list is being saved."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Uploading(StatesGroup):
    """Data: `upload_id`."""

    list_name = State()
    basis_note = State()
