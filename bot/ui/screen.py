"""A screen: what one message shows. Pure values; the skin turns them into Telegram's types."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ui.buttons import pack
from bot.ui.i18n import Words

MOST_KEYS = 8


@dataclass(frozen=True, slots=True)
class Key:
    """One button. `style` is "success" or "danger", for at most one button of a screen."""

    text: str
    data: str
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """`text` is Telegram's HTML; `keys` are rows of buttons, from the top."""

    text: str
    keys: tuple[tuple[Key, ...], ...] = ()


def key(
    text: str, noun: str, noun_id: int, act: str, argument: str = "", *, style: str | None = None
) -> Key:
    return Key(text, pack(noun, noun_id, act, argument), style)


def back(_: Words, noun: str, noun_id: int, act: str) -> Key:
    """The last row's way back."""
    return Key(_("‹ Back"), pack(noun, noun_id, act))


def home(_: Words) -> Key:
    """The way to the dashboard, from anywhere."""
    return Key(_("‹ Home"), pack("home", 0, "show"))
