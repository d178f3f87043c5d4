"""The filter for our buttons: `Pressed(PauseCampaign)` gives the handler the record as `press`."""

from __future__ import annotations

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from bot.ui.buttons import Press


class Pressed(Filter):
    """Match a press of any of these kinds; stale or forged data match none."""

    def __init__(self, *kinds: type[Press]) -> None:
        self.kinds = kinds

    async def __call__(self, event: CallbackQuery) -> bool | dict[str, Press]:
        for kind in self.kinds:
            if (press := kind.parse(event.data or "")) is not None:
                return {"press": press}
        return False
