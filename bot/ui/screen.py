"""A screen: what one message shows. Plain values; `bot.ui.reply` turns them into Telegram's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.ui.buttons import Press
from bot.ui.i18n import Translator
from bot.ui.navigation import CancelPrompt, ChooseLanguage, OpenHome

MOST_KEYS = 8

Style = Literal["success", "danger"]


@dataclass(frozen=True, slots=True)
class Key:
    """One button. A screen has at most one with a `style`."""

    text: str
    press: Press
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """`text` is Telegram's HTML; `keys` are rows of buttons, from the top, MOST_KEYS in all."""

    text: str
    keys: tuple[tuple[Key, ...], ...] = ()


def back(_: Translator, press: Press) -> Key:
    """Return the last row's way back."""
    return Key(_("‹ Back"), press)


def home(_: Translator) -> Key:
    """Return the way to the dashboard, which every screen may offer."""
    return Key(_("‹ Home"), OpenHome())


def cancel(_: Translator) -> Key:
    """Return the button that does what /cancel does."""
    return Key(_("✕ Cancel"), CancelPrompt())


def other_language(_: Translator) -> Key:
    """Return the button of the other language, named in that language."""
    if _.language == "en":
        return Key("Русский", ChooseLanguage("ru"))
    return Key("English", ChooseLanguage("en"))
