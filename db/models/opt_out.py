"""Opting out: the intent of a reply, and the closing line that says how to opt out.

The intent is decided in db.models.refusal. The closing line ends every message to a person and
cannot be removed.
"""

from __future__ import annotations

import re

from db.models.refusal import Intent as Intent
from db.models.refusal import has_stop_word
from db.models.refusal import intent_of as intent_of
from db.models.spelling import has_cyrillic
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


_INSTRUCTION = re.compile(r"(?<![\w-])(STOP|СТОП)(?![\w-])")


def language(text: str) -> str:
    """Return "ru" when the text has a Cyrillic letter, else "en"."""
    return "ru" if has_cyrillic(text) else "en"


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
    return fits and has_stop_word(text)
