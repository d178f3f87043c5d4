"""What the bot waits for while a campaign is being built."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Building(StatesGroup):
    """Data: `campaign_id`, and `way` while a rate is typed."""

    name = State()
    rate = State()
