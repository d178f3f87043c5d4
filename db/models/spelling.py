"""The words of a reply, however they are spelled: letters, look-alikes, keyboards, alphabets.

Each step is a pure function. None takes more than linear time: a reply may have 4096 characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST_WORD = 30  # characters; typos are looked for in words up to this length
LONGEST_TEXT = 8192  # characters, twice those of a message: some letters decompose into several

# Marks and format characters (Unicode categories) are part of no letter that matters here.
_INVISIBLE = frozenset({"Mn", "Me", "Cf"})
_APOSTROPHES = "'’ʼ`´‘′"
_FILLERS = "\u115f\u1160"  # blank Hangul letters, NFKD of U+3164 and U+FFA0 included
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_ENCLOSED = {  # letters of emoji, which have no compatibility decomposition
    first + n: chr(ord("a") + n) for first in (0x1F150, 0x1F170, 0x1F1E6) for n in range(26)
}
_LETTERS = _ENCLOSED | str.maketrans(_SMALL_CAPITALS | {"∏": "п", "∑": "s", "\u2800": " "})
_DROPPED = dict.fromkeys(map(ord, _APOSTROPHES + _FILLERS))
_SIGN_AS_LETTER = re.compile(r"[$@](?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"\+?\d(?:[ ()-]{0,2}\d){6,14}(?!\d)")
_JOINT = frozenset(" \t\"'«»“”„_*~#/\\|-–—\xa0")  # between words of one clause
_DASH = re.compile(r"\s[-–—]+\s")
_LATIN, _CYRILLIC = re.compile(r"[a-z]"), re.compile(r"[а-яёіїєґ]")
_OTHER_LETTER, _DIGIT = re.compile(r"[^\W\d_a-zа-яёіїєґ]"), re.compile(r"\d")
_REPEATED, _DOUBLED = re.compile(r"(.)\1{2,}"), re.compile(r"(.)\1+")

# What looks alike in either case (Unicode TS 39), and the digits that stand for letters.
_AS_LATIN = str.maketrans(
    "авсԁеһнійјкӏмпорԛѕтуѵԝхαβεηικνορστυχωγζ013457",
    "abcdehhiijklmnopqstyvwxabenikvopstuxwyzoleast",
)
_AS_CYRILLIC = str.maketrans(
    "abcehikmnoprtuwxyіαβεηικνορτυχωπγλδφ034678",
    "авсеникмпоргтишхуиавеникнортухшпглдфозчбтв",
)
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_SHIFTED = str.maketrans('{}:"<>~', "[];',.`")
_TO_CYRILLIC_KEYS = str.maketrans(_LATIN_KEYS, _CYRILLIC_KEYS)
_TO_LATIN_KEYS = str.maketrans(_CYRILLIC_KEYS, _LATIN_KEYS)
_SOUNDS = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэіїє", "abvgdeziiklmnoprstufhieiie", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "iu"}
    | {"я": "ia", "x": "h", "y": "i", "j": "i", "w": "sh", "4": "ch", "ґ": "g"}
)
_SAME_SOUNDS = (("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("tc", "c"), ("ck", "k"))


@dataclass(frozen=True, slots=True)
class Clause:
    """Words between two marks of punctuation; `asks`: a question mark follows."""

    words: tuple[str, ...]
    asks: bool = False


def plain(text: str) -> str:
    """Return the text in lower case without marks, format characters and apostrophes.

    Compatibility forms (NFKD: full-width, mathematical, circled letters) become plain letters, and
    so do letters of emoji and small capitals. Marks go, so й is и and ё is е.
    """
    letters = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    seen = (
        c
        for c in letters[:LONGEST_TEXT]
        if c.isascii() or unicodedata.category(c) not in _INVISIBLE
    )
    return "".join(seen).translate(_DROPPED)


def clauses(text: str) -> list[Clause]:
    """Return the clauses of a `plain` text.

    A phone number becomes the word "number". Three and more single letters in a row are one word,
    whatever stands between them: S.T.O.P.
    """
    text = _PHONE.sub(" number ", _DASH.sub(" ; ", _SIGN_AS_LETTER.sub(_letter_of_sign, text)))
    found: list[Clause] = []
    words: list[str] = []
    end = 0
    for word, first, last in _spelled_out([(m[0], *m.span()) for m in _WORD.finditer(text)]):
        gap = text[end:first]
        if words and not _JOINT.issuperset(gap):
            found.append(Clause(tuple(words), "?" in gap))
            words = []
        words.append(word)
        end = last
    if words:
        found.append(Clause(tuple(words), "?" in text[end:]))
    return found


def _letter_of_sign(sign: re.Match[str]) -> str:
    return "s" if sign[0] == "$" else "a"


def _spelled_out(words: list[tuple[str, int, int]]) -> Iterable[tuple[str, int, int]]:
    """Join runs of three and more single letters or digits with their places in the text."""
    run: list[tuple[str, int, int]] = []
    for one in [*words, ("", 0, 0)]:
        if len(one[0]) == 1:
            run.append(one)
            continue
        if len(run) > 2:
            yield "".join(word for word, _, _ in run), run[0][1], run[-1][2]
        else:
            yield from run
        run = []
        if one[0]:
            yield one


def is_mixed(word: str) -> bool:
    """Return whether a word has letters of two alphabets, or digits among its letters."""
    kinds = (_LATIN, _CYRILLIC, _OTHER_LETTER, _DIGIT)
    return sum(kind.search(word) is not None for kind in kinds) > 1


def has_cyrillic(text: str) -> bool:
    """Return whether a text has a Cyrillic letter, in any case."""
    return _CYRILLIC.search(text.casefold()) is not None


def as_latin(word: str) -> str:
    """Return the word with its Cyrillic and Greek look-alikes and its digits as Latin letters."""
    return word.translate(_AS_LATIN)


def as_cyrillic(word: str) -> str:
    """Return the word with its Latin and Greek look-alikes and its digits as Cyrillic letters."""
    return word.translate(_AS_CYRILLIC)


def other_layout(word: str) -> str:
    """Return what the same keys type with the other keyboard layout: cnjg is стоп.

    `word` still has its marks, because й and ё are keys of their own, and its punctuation.
    """
    keys = unicodedata.normalize("NFC", word).casefold().translate(_SHIFTED)
    return keys.translate(_TO_LATIN_KEYS if has_cyrillic(keys) else _TO_CYRILLIC_KEYS)


def sound(word: str) -> str:
    """Return a key that a Cyrillic word shares with its transliterations: khvatit, xvatit, hvatit.

    It follows no standard: what people write follows none.
    """
    key = word.translate(_SOUNDS)
    for written, same in _SAME_SOUNDS:
        key = key.replace(written, same)
    return squeezed(key)


def squeezed(word: str) -> str:
    """Return the word with each run of one letter as a single letter: stooop and stopp are stop."""
    return _DOUBLED.sub(r"\1", word)


def unstretched(word: str) -> str:
    """Return the word with each run of three and more as a single letter: stooop, but all."""
    return _REPEATED.sub(r"\1", word)


class Typos:
    """Finds the word of a vocabulary that a typo meant.

    A typo is two letters swapped, or, in a word of five letters or more, one letter too many, too
    few or wrong. The short words are given with the keys beside their letters, so that "stip" is
    "stop" and "step" is not.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._shortened: dict[str, str] = {}
        self._swapped: dict[str, str] = {}
        for word in words:
            if len(word) >= 4:
                self._swapped |= {swap: word for swap in _swaps(word) if swap != word}
                self._swapped |= {slip: word for slip in _slips(word) if len(word) < 5}
            if len(word) >= 5:
                self._shortened |= dict.fromkeys([word, *_shortenings(word)], word)

    def find(self, word: str) -> str | None:
        """Return the word that was meant; None when there is none."""
        if (meant := self._swapped.get(word)) is not None or not 5 <= len(word) <= LONGEST_WORD:
            return meant
        candidates = [word, *_shortenings(word)]
        return next((self._shortened[c] for c in candidates if c in self._shortened), None)


def _shortenings(word: str) -> list[str]:
    """Return the word without one letter; the first letter of a word is hardly ever wrong."""
    return [word[:n] + word[n + 1 :] for n in range(1, len(word))]


def _swaps(word: str) -> list[str]:
    pairs = range(len(word) - 1)
    return [word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in pairs]


def _slips(word: str) -> list[str]:
    """Return the word with one letter replaced by its neighbour on the keyboard."""
    return [
        word[:n] + neighbour + word[n + 1 :]
        for n, letter in enumerate(word)
        for neighbour in _NEIGHBOURS.get(letter, "")
    ]


def _neighbours(rows: Iterable[str]) -> Mapping[str, str]:
    return {
        letter: row[max(n - 1, 0) : n] + row[n + 1 : n + 2]
        for row in rows
        for n, letter in enumerate(row)
    }


_NEIGHBOURS = _neighbours(
    ["qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"]
)
