"""A screen: what one message shows. Plain values; `bot.ui.reply` turns them into Telegram's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.ui.buttons import Press
from bot.ui.i18n import Translator
from bot.ui.navigation import CancelPrompt, ChooseLanguage, OpenHome
from db.models.template import MOST_IN_TEXT, utf16_length

MOST_KEYS = 8

_TOKEN = re.compile(r"<(/?)(\w+)[^<>]*>|&#?\w+;|.", re.DOTALL)
Style = Literal["success", "danger"]


@dataclass(frozen=True, slots=True)
class Key:
    """One button. A screen has at most one with a `style`."""

    text: str
    press: Press
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """`text` is Telegram's HTML; `keys` are rows of buttons, from the top, MOST_KEYS in all.

    A text of more than MOST_IN_TEXT is cut, since Telegram would refuse the whole screen.
    """

    text: str
    keys: tuple[tuple[Key, ...], ...] = ()

    def __post_init__(self) -> None:
        """Cut a text that is too long."""
        object.__setattr__(self, "text", fitted(self.text, MOST_IN_TEXT))


def fitted(text: str, most: int) -> str:
    """Return Telegram's HTML cut to `most` UTF-16 units, markup included, with all tags closed."""
    if utf16_length(text) <= most:
        return text
    kept, closing = list[str](), list[str]()
    left = most - 1  # for the dots
    for token in _TOKEN.finditer(text):
        ends, tag = token[1], token[2]
        closes = f"</{tag}>" if tag and not ends else ""
        needed = utf16_length(token[0]) + len(closes)
        if ends:
            needed -= len(closing[-1])
        if needed > left:
            break
        left -= needed
        kept.append(token[0])
        if ends:
            closing.pop()
        elif closes:
            closing.append(closes)
    return "".join([*kept, "…", *reversed(closing)])


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
