"""Every sentence the admin reads passes through here: language, plural forms, numbers, times.

A screen is given `_`, the Translator of its reader:

    _("Campaign {name} is running.", name=campaign.name)
    _.plural("{n} person", "{n} people", count)

The msgid is English; the catalog under locales/ gives the other languages. Values are escaped for
HTML unless they are `Markup`, so nothing that people typed can break a message.
"""

from __future__ import annotations

import gettext
import html
import io
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from db.models.admin import Admin

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
THIN_SPACE = "\u202f"


class Markup(str):
    """HTML that is ours already: not escaped again."""

    __slots__ = ()


class Translator:
    """One reader's language and zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.zone = zone
        self._catalog = _catalog(self.language)

    def __call__(self, msgid: str, **values: object) -> str:
        """The sentence in the reader's language, its {values} escaped and filled in."""
        return self._catalog.gettext(msgid).format(**self._dressed(values))

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """The form for `n`, which also fills {n} with thin grouping."""
        sentence = self._catalog.ngettext(one, many, n)
        return sentence.format(n=self.number(n), **self._dressed(values))

    def number(self, n: int) -> str:
        """12400 → "12 400" with a thin space."""
        return f"{n:,}".replace(",", THIN_SPACE)

    def clock(self, moment: datetime) -> str:
        """The time of day with its zone: "18:40 MSK"."""
        return moment.astimezone(self.zone).strftime("%H:%M %Z")

    def day_and_clock(self, moment: datetime) -> str:
        """ "04.12 18:40 MSK"."""
        return moment.astimezone(self.zone).strftime("%d.%m %H:%M %Z")

    def _dressed(self, values: dict[str, object]) -> dict[str, object]:
        return {
            name: value if isinstance(value, Markup) else self._dress(value)
            for name, value in values.items()
        }

    def _dress(self, value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value)
        return html.escape(str(value), quote=False)


def language_of(telegram_language: str | None) -> str:
    """Ours that is nearest to what Telegram says ("ru-RU", "de", None): "ru" or "en"."""
    short = (telegram_language or "")[:2]
    return short if short in LANGUAGES else "en"


def translator_for(admin: Admin, zone: ZoneInfo) -> Translator:
    """In the admin's language and zone; `zone` is the installation's, for who chose none."""
    return Translator(admin.language or "en", ZoneInfo(admin.zone) if admin.zone else zone)


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    source = files("bot").joinpath("locales", language, "LC_MESSAGES", "messages.po")
    compiled = io.BytesIO()
    with source.open("rb") as po:
        write_mo(compiled, read_po(po, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
