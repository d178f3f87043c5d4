"""The filter for our buttons: `Pressed("c", "pause")` lets a press through as `press`."""

from __future__ import annotations

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from bot.ui.buttons import Press, unpack


class Pressed(Filter):
    """Matches a button of `noun` with one of `acts` (any act when none is named)."""

    def __init__(self, noun: str, *acts: str) -> None:
        self._noun, self._acts = noun, acts

    async def __call__(self, event: CallbackQuery) -> bool | dict[str, Press]:
        press = unpack(event.data or "")
        if press is None or press.noun != self._noun:
            return False
        if self._acts and press.act not in self._acts:
            return False
        return {"press": press}
