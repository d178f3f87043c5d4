"""Opting out: the intent of a reply, and the closing line that says how to opt out.

A reply that consists of a refusal is an opt-out. A reply that merely contains one is unclear: an
admin decides. The closing line ends every message to a person and cannot be removed.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from db.models.template import Filled, Template, placeholders

FEWEST_IN_LINE, MOST_IN_LINE = 5, 200
CLOSING_LINES = {  # by language
    "en": "Reply STOP to stop these messages.",
    "ru": "Ответьте СТОП, и мы больше не напишем.",
}
CONFIRMATIONS = {  # by language: the message that confirms an opt-out
    "en": "You will not hear from us again.",
    "ru": "Больше мы вам не напишем.",
}


class Intent(StrEnum):
    """What a reply asks for."""

    STOP = "stop"  # an opt-out
    UNCLEAR = "unclear"  # maybe an opt-out: an admin decides
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
_SEPARATORS = re.compile(r"[\W_]+")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]")
_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
_INSTRUCTION = re.compile(r"(?<![\w-])(STOP|СТОП)(?![\w-])")


def intent_of(text: str) -> Intent:
    """Return the intent of a reply, ignoring case, punctuation, emoji and courtesies."""
    words = [word for word in _words(text) if word not in _COURTESIES]
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]  # S.T.O.P.
    if words and (" ".join(words) in _REFUSALS or all(word in _SINGLE for word in words)):
        return Intent.STOP
    if _SIGNS & set(text) or any(word in _SINGLE or word.startswith(_STEMS) for word in words):
        return Intent.UNCLEAR
    whole = f" {' '.join(words)} "
    if any(f" {phrase} " in whole for phrase in _REFUSALS):
        return Intent.UNCLEAR
    return Intent.OTHER


def language(text: str) -> str:
    """Return "ru" when the text has a Cyrillic letter, else "en"."""
    return "ru" if _CYRILLIC.search(text) else "en"


def has_instruction(text: str) -> bool:
    """Return whether the last line that is not blank says STOP or СТОП, in capitals."""
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and _INSTRUCTION.search(lines[-1]) is not None


def closing_line(template: Template, line: str | None) -> str:
    """Return what is appended to the filled template; "" when its text says how to opt out.

    `line` is the installation's own; None: the built-in one in the template's language.
    """
    text = template.text
    for placeholder in reversed(placeholders(text)):
        text = text[: placeholder.start] + text[placeholder.end :]
    if has_instruction(text):
        return ""
    ending = line or CLOSING_LINES[language(text)]
    return f"\n\n{ending}" if template.text else ending


def with_closing_line(filled: Filled, ending: str) -> Filled:
    """Return the message with `ending` (see `closing_line`) appended; its entities stay."""
    return Filled(filled.text + ending, filled.entities)


def is_closing_line(text: str) -> bool:
    """Return whether `text` may be the closing line of an installation.

    It is one line of 5 to 200 characters with a word that is an opt-out when it is the reply.
    """
    fits = FEWEST_IN_LINE <= len(text) <= MOST_IN_LINE and "\n" not in text
    return fits and any(word in _SINGLE for word in _words(text))


def _words(text: str) -> list[str]:
    """Return the words in lower case; compatibility forms (NFKC) and ё are unified."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return [_in_one_script(word) for word in _SEPARATORS.split(_APOSTROPHES.sub("", plain)) if word]


def _in_one_script(word: str) -> str:
    """Replace Latin look-alikes in a word that has Cyrillic letters, too: СTOП is СТОП."""
    mixed = _CYRILLIC.search(word) and _LATIN.search(word)
    return word.translate(_LOOK_ALIKES) if mixed else word
