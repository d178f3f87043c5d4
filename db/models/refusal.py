"""The intent of a reply: a refusal of all further messages, what may be one, or something else.

A reply is read in several ways: as it stands, as typed with the other keyboard layout, as
transliterated Russian, with look-alike letters. db.models.spelling has the steps,
db.models.refusal_grammar judges each clause of a reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

from db.models import refusal_words as vocabulary
from db.models.refusal_grammar import (
    KNOWN_WORDS,
    NAMES,
    PARTS,
    UNKNOWN,
    changes_nothing,
    declines,
    hints,
    is_sign_off,
    refuses,
)
from db.models.spelling import (
    Clause,
    Typos,
    as_cyrillic,
    as_latin,
    clauses,
    has_cyrillic,
    is_mixed,
    other_layout,
    plain,
    sound,
    squeezed,
    unstretched,
)

_BLANKS = re.compile(r"(\s+)")
SHORT = 300  # characters; a longer reply is read as it stands only
MOST_GLUED = 4  # words that may be one word with blanks in it

Reading: TypeAlias = list[Clause]


class Intent(StrEnum):
    """What a reply asks for."""

    STOP = "stop"  # an opt-out
    UNCLEAR = "unclear"  # maybe an opt-out: an admin decides
    OTHER = "other"


_BY_SOUND = {  # without the short courtesies: "by" is not "бы"
    sound(word): word
    for word in sorted(KNOWN_WORDS)
    if has_cyrillic(word) and (len(word) > 3 or PARTS.get(word))
}
_BY_SQUEEZED = {squeezed(word): word for word in sorted(KNOWN_WORDS)}
_MISTYPED = tuple(map(plain, vocabulary.MISTYPED))
# Other words are one letter away from too many that are part of no refusal.
_TYPOS = Typos(
    word
    for word in sorted(KNOWN_WORDS)
    if word.startswith(_MISTYPED) or PARTS.get(word, UNKNOWN) in "vir" or len(word) > 8
)


def intent_of(text: str) -> Intent:
    """Return the intent of a reply.

    STOP: the reply is a refusal, with nothing beside it but courtesies, names and clauses that
    change nothing ("Who are you?"). UNCLEAR: it contains a refusal, is one but for a typo, or
    declines in words that may mean an offer or all messages. Letter case, punctuation, invisible
    characters, look-alikes and emoji make no difference.
    """
    readings = list(_readings(text))
    if any(map(_is_refusal, [*readings, *_look_alikes(text)])):
        return Intent.STOP
    if _has_sign(text) or any(map(_may_be_refusal, readings)):
        return Intent.UNCLEAR
    return Intent.UNCLEAR if _is_refusal(_corrected(readings[0])) else Intent.OTHER


def has_stop_word(text: str) -> bool:
    """Return whether a text has a word that is an opt-out when it is the whole reply."""
    words = (word for clause in clauses(plain(text)) for word in _spelled(clause.words))
    return any(PARTS.get(word) == "s" for word in words)


# --- the ways to read a reply -----------------------------------------------------------


def _readings(text: str) -> Iterator[Reading]:
    """Yield the reply as it stands, then as other keys and another alphabet spell it."""
    shown = plain(text)
    literal = _each_word(clauses(shown), str)
    yield literal
    if len(shown) > SHORT:
        return
    yield _each_word(literal, _from_transliteration)
    typed = "".join(map(_retyped, _BLANKS.split(text)))
    yield _each_word(clauses(plain(typed)), str)
    yield list(map(_glued, literal))


def _glued(clause: Clause) -> Clause:
    """Return the clause as one word, if it is a known word with blanks or doubled letters."""
    if len(clause.words) > MOST_GLUED:
        return clause
    known = _BY_SQUEEZED.get(squeezed("".join(clause.words)))
    return clause if known is None else Clause((known,), clause.asks)


def _look_alikes(text: str) -> Iterator[Reading]:
    """Yield the reply with every letter taken for its look-alike in the other alphabet.

    Words that are whole in their own alphabet are changed, too, so that only a whole refusal counts
    here: "he" looks like "не".
    """
    shown = plain(text)
    if len(shown) > SHORT:
        return
    literal = clauses(shown)
    if not shown.isascii():
        yield _each_word(literal, as_latin)
    if has_cyrillic(shown) or sum(len(one.words) for one in literal) == 1:
        yield _each_word(literal, as_cyrillic)


def _each_word(reading: Reading, change: Callable[[str], str]) -> Reading:
    return [Clause(_spelled(map(change, one.words)), one.asks) for one in reading]


def _spelled(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words as the vocabulary spells them, as far as they are in it."""
    spelled: list[str] = []
    for word in words:
        tried = [word, unstretched(word)]
        if is_mixed(word):
            tried += [as_latin(word), as_cyrillic(word), _BY_SOUND.get(sound(word), word)]
        known = next((one for one in tried if one in KNOWN_WORDS), word)
        negated = known[2:] if known[:2] in ("не", "ни") and known not in KNOWN_WORDS else ""
        if PARTS.get(negated) in ("v", "i", "w"):  # "непишите"
            spelled.append("не")
            known = negated
        spelled.append(known)
    return tuple(spelled)


def _from_transliteration(word: str) -> str:
    taken = word in KNOWN_WORDS or not word.isascii()
    return word if taken else _BY_SOUND.get(sound(word), word)


def _retyped(word: str) -> str:
    """Return a word that only the other keyboard layout makes known, typed with that one."""
    if not KNOWN_WORDS.isdisjoint(_words(plain(word))):
        return word
    # With the Cyrillic layout, the keys of a comma and of a period type б and ю.
    typed = _words(plain(other_layout(word)))
    typed = [one if one in KNOWN_WORDS else one.rstrip("бю") for one in typed]
    if not typed or not KNOWN_WORDS.issuperset(typed):
        return word
    return " ".join(typed) + word[len(word.rstrip("!?")) :]


def _words(text: str) -> list[str]:
    return [word for one in clauses(text) for word in one.words]


def _corrected(reading: Reading) -> Reading:
    """Return the reading with each word that is in no list as the word that a typo meant."""
    taken = KNOWN_WORDS | NAMES
    return [
        Clause(tuple(w if w in taken else _TYPOS.find(w) or w for w in one.words), one.asks)
        for one in reading
    ]


# --- the judgement of a reading ---------------------------------------------------------


def _is_refusal(reading: Reading) -> bool:
    """Return whether one clause refuses and no other clause changes that."""
    refused = signed = False
    for one in reading:
        if refuses(one):
            refused = True
        elif not (changes_nothing(one) or (signed and len(one.words) < 3)):
            return False
        signed = signed or is_sign_off(one)
    return refused


def _may_be_refusal(reading: Reading) -> bool:
    """Return whether a clause declines or contains a refusal."""
    asked = any(one.asks for one in reading)
    whole = Clause(tuple(word for one in reading for word in one.words))
    return declines(whole) or any(declines(one) or hints(one, asked=asked) for one in reading)


def _has_sign(text: str) -> bool:
    """Return whether a text has a sign of prohibition, or is nothing but signs of refusal."""
    signs = set(text)
    alone = not any(map(str.isalnum, text)) and not vocabulary.SIGNS_ALONE.isdisjoint(signs)
    return alone or not vocabulary.SIGNS.isdisjoint(signs)
