"""Opting out: what a reply asks for, and the line that says how.

A reply that is nothing but a word of refusal is one; a reply that merely has such a word in it is
a question for an admin. The line ends every message to a person and cannot be taken away.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from db.models.template import Filled, Template, placeholders, utf16_length

FEWEST_IN_LINE, MOST_IN_LINE = 5, 200
LINES = {
    "en": "Reply STOP to stop these messages.",
    "ru": "Ответьте СТОП, и мы больше не напишем.",
}
FAREWELLS = {
    "en": "You will not hear from us again.",
    "ru": "Больше мы вам не напишем.",
}


class Reading(StrEnum):
    """What a reply asks for."""

    STOP = "stop"
    UNCLEAR = "unclear"
    OTHER = "other"


_REFUSALS = frozenset(
    """
    stop|stopall|unsubscribe|optout|стоп|отписка|отписаться|отпишите|отпиши|отписать
    stop all|stop it|stop this|stop messages|stop these messages|stop messaging me|stop messaging
    stop writing|stop writing me|stop writing to me|stop sending me messages|stop texting me
    stop spam|stop spamming|stop spamming me|unsubscribe me|opt out|opt me out|remove me|take me off
    take me off your list|remove me from your list|do not write|do not write me|do not write to me
    dont write|dont write me|dont write to me|do not message me|dont message me|no more messages
    do not contact me|dont contact me|leave me alone
    не пишите|не пиши|не пишите мне|не пиши мне|мне не пишите|не пишите больше|не пиши больше
    больше не пишите|больше не пиши|не пишите мне больше|не пиши мне больше|больше не пишите мне
    больше мне не пишите|больше не пиши мне|не надо мне писать|хватит писать|хватит мне писать
    прекратите|прекратите писать|прекратите мне писать|прекратите рассылку|перестаньте писать
    перестаньте мне писать|не присылайте|не присылайте мне|не присылайте больше|не шлите
    больше не присылайте|не беспокойте|не беспокойте меня|не беспокоить|отпишите меня|отпиши меня
    удалите меня|удалите меня из рассылки|уберите меня|уберите меня из рассылки|отстаньте
    отказ|отказ от рассылки|отказаться от рассылки|отписаться от рассылки|стоп рассылка
    """.strip()
    .replace("\n", "|")
    .replace("    ", "")
    .split("|")
)
_SINGLE = frozenset(phrase for phrase in _REFUSALS if " " not in phrase)
_COURTESIES = frozenset(
    "please pls plz thanks thx thank you пожалуйста плиз пж спасибо благодарю вас".split()
)
_STEMS = ("unsubscrib", "отпис", "отпиш", "рассылк", "spam", "спам", "отстан")
_SIGNS = frozenset("🛑⛔🚫")
_APOSTROPHES = re.compile("['’ʼ`´]")
_NO_WORD = re.compile(r"[\W_]+")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]")
_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
_TELLS_HOW = re.compile(r"(?<![\w-])(STOP|СТОП)(?![\w-])")


def read(text: str) -> Reading:
    """What a reply asks for; case, punctuation, emoji and courtesies make no difference."""
    words = [word for word in _words(text) if word not in _COURTESIES]
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]  # S.T.O.P.
    if words and (" ".join(words) in _REFUSALS or all(word in _SINGLE for word in words)):
        return Reading.STOP
    if _SIGNS & set(text) or any(word in _SINGLE or word.startswith(_STEMS) for word in words):
        return Reading.UNCLEAR
    whole = f" {' '.join(words)} "
    if any(f" {phrase} " in whole for phrase in _REFUSALS):
        return Reading.UNCLEAR
    return Reading.OTHER


def language(text: str) -> str:
    """ "ru" when there is a Cyrillic letter in it, else "en"."""
    return "ru" if _CYRILLIC.search(text) else "en"


def tells_how(text: str) -> bool:
    """Whether its last line says STOP or СТОП, so that a person knows how to opt out."""
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and _TELLS_HOW.search(lines[-1]) is not None


def closing(template: Template, line: str | None) -> str:
    """What is put under the template's filled text; "" when it tells how to stop by itself.

    `line` is the installation's own wording; None: by the language of the template.
    """
    text = template.text
    for placeholder in reversed(placeholders(text)):
        text = text[: placeholder.start] + text[placeholder.end :]
    if tells_how(text):
        return ""
    ending = line or LINES[language(text)]
    return f"\n\n{ending}" if template.text else ending


def closed(filled: Filled, ending: str) -> Filled:
    """The message as it goes out: `ending` comes from `closing`. Formatting stays where it is."""
    return Filled(filled.text + ending, filled.entities)


def room(template: Template, line: str | None) -> int:
    """How long the filled text itself may be, in UTF-16 units."""
    return template.most_units - utf16_length(closing(template, line))


def is_line(text: str) -> bool:
    """Whether it can be the closing line: one line, not too long, with a word that works."""
    fits = FEWEST_IN_LINE <= len(text) <= MOST_IN_LINE and "\n" not in text
    return fits and any(word in _SINGLE for word in _words(text))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return [_in_one_script(word) for word in _NO_WORD.split(_APOSTROPHES.sub("", plain)) if word]


def _in_one_script(word: str) -> str:
    """СTOП with Latin letters among the Cyrillic ones is СТОП."""
    mixed = _CYRILLIC.search(word) and _LATIN.search(word)
    return word.translate(_LOOK_ALIKES) if mixed else word
