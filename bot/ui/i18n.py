"""Every sentence the admin reads passes through here: language, plural forms, numbers, dates.

A screen is given `_`, the Translator of its reader:

    _("Campaign {name} is running.", name=campaign.name)
    _.plural("{n} person", "{n} people", count)

The msgid is English; the catalog under locales/ (gettext) has the other languages. Numbers, dates
and months are written as CLDR says, through Babel. Values are cut to LONGEST_VALUE and escaped for
HTML unless they are `Markup`, so that what people typed cannot break a message or fill it.
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

from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from db.models.admin import Admin

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LONGEST_VALUE = 600  # characters of a value in a sentence; longer ones are cut
_LOCALES: dict[Language, str] = {"en": "en_GB", "ru": "ru"}  # of CLDR: "4 Dec", "4 дек."


class Markup(str):
    """HTML that was made here, and is not escaped again."""

    __slots__ = ()


class Translator:
    """One reader's language and zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        """`language` is one of LANGUAGES; English for any other."""
        self.language = language_of(language)
        self.zone = zone
        self._locale = _LOCALES[self.language]
        self._catalog = _catalog(self.language)

    def __call__(self, msgid: str, **values: object) -> str:
        """Return the sentence in the reader's language, with its {values} escaped and filled in."""
        return self._catalog.gettext(msgid).format(**self._prepared(values))

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Return the form for `n`, which also fills {n}."""
        sentence = self._catalog.ngettext(one, many, n)
        return sentence.format(n=self.number(n), **self._prepared(values))

    def number(self, n: int) -> str:
        """Return "12,400" in English, "12 400" with no-break space in Russian."""
        return format_decimal(n, locale=self._locale)

    def clock(self, moment: datetime) -> str:
        """Return the time of day with its zone: "18:40 MSK"."""
        return f"{moment.astimezone(self.zone):%H:%M %Z}"

    def day_and_clock(self, moment: datetime) -> str:
        """Return "4 Dec, 18:40 MSK"; in Russian "4 дек., 18:40 MSK"."""
        local = moment.astimezone(self.zone)
        return f"{format_skeleton('MMMd', local, locale=self._locale)}, {self.clock(moment)}"

    def day(self, moment: datetime, *, year: bool = False) -> str:
        """Return "Thu 17 Dec"; in Russian "чт, 17 дек."; with its `year` if that is wanted."""
        local = moment.astimezone(self.zone)
        return format_skeleton("yMMMEd" if year else "MMMEd", local, locale=self._locale)

    def _prepared(self, values: dict[str, object]) -> dict[str, object]:
        return {
            name: value if isinstance(value, Markup) else self._prepare(value)
            for name, value in values.items()
        }

    def _prepare(self, value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value)
        text = str(value)
        if len(text) > LONGEST_VALUE:
            text = text[: LONGEST_VALUE - 1] + "…"
        return html.escape(text, quote=False)


def language_of(tag: str | None) -> Language:
    """Return the language nearest to an IETF tag as Telegram gives it ("ru-RU", "de", None)."""
    return "ru" if (tag or "").partition("-")[0] == "ru" else "en"


def translator_for(admin: Admin, zone: ZoneInfo) -> Translator:
    """Return the admin's Translator. `zone`, the installation's, is for an admin who chose none."""
    return Translator(admin.language or "en", ZoneInfo(admin.zone) if admin.zone else zone)


@cache
def _catalog(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    source = files("bot").joinpath("locales", language, "LC_MESSAGES", "messages.po")
    compiled = io.BytesIO()
    with source.open("rb") as po:
        write_mo(compiled, read_po(po, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
