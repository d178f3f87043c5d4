"""The prompts of building a campaign. aiogram stores their names: `Building:rate`."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Building(StatesGroup):
    """Data while a rate is typed: `campaign_id` and `way`; none while a name is."""

    name = State()
    rate = State()
