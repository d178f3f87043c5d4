"""The grammar of a refusal: what one clause of a reply is.

Every word is replaced by the letter of its part (db.models.refusal_words), and patterns are matched
with the letters. So a clause is a refusal when a negation and a verb, or a verb and an object,
leave nothing over but courtesies and the like, in the many orders that Russian has.
"""

from __future__ import annotations

import re

from db.models import refusal_words as vocabulary
from db.models.spelling import Clause, plain

Words = tuple[str, ...]

LONGEST = 30  # words; a longer clause is no refusal as a whole
UNKNOWN = "?"  # the part of a word that is in no list


def _phrases(listed: str) -> list[Words]:
    """Return the phrases between the | and line breaks, as words in plain letters."""
    lines = plain(listed).replace("\n", "|").split("|")
    return [tuple(line.split()) for line in lines if line.strip()]


_MEANINGS = {
    phrase: tuple(plain(meaning).split())
    for meaning, phrases in vocabulary.MERGED.items()
    for phrase in _phrases(phrases)
}
_LONGEST_PHRASE = max(map(len, _MEANINGS))
PARTS = {word: part for part, words in vocabulary.WORDS.items() for word in plain(words).split()}
NAMES = frozenset(plain(vocabulary.NAMES).split())
_PATRONYMICS = tuple(map(plain, vocabulary.PATRONYMICS))
_GREETINGS = frozenset(plain(vocabulary.GREETINGS).split())
_SIGN_OFFS = frozenset(plain(vocabulary.SIGN_OFFS).split())
_REQUESTS = frozenset(plain(vocabulary.REQUESTS).split())


def _merged(words: Words) -> Words:
    """Replace each phrase that is listed with a meaning by it, the longest phrase first."""
    merged: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            if (meaning := _MEANINGS.get(words[at : at + length])) is not None:
                merged += meaning
                at += length
                break
        else:
            merged.append(words[at])
            at += 1
    return tuple(merged)


def _bare(words: Words) -> Words:
    """Return the merged words without courtesies, repetitions and a name in front."""
    merged = _merged(words)
    if len(merged) > 1 and merged[0] in NAMES:
        merged = merged[1:]
    kept = [word for word in merged if PARTS.get(word, UNKNOWN)]
    return tuple(word for word, before in zip(kept, ["", *kept], strict=False) if word != before)


def _core(words: Words) -> Words:
    """Return the bare words without objects, adverbs and determiners."""
    return tuple(word for word in _bare(words) if PARTS.get(word, UNKNOWN) not in "oadtj")


def _letters(words: Words) -> str:
    return "".join(PARTS.get(word, UNKNOWN) for word in _bare(words))


_IDIOMS = frozenset(map(_bare, _phrases(vocabulary.IDIOMS)))
_COMPANY = frozenset(map(_bare, _phrases(vocabulary.COMPANY)))
_SOFT = frozenset(map(_core, _phrases(vocabulary.SOFT)))
# Every word that the grammar knows in its place, a courtesy or not.
KNOWN_WORDS = frozenset(PARTS).union(
    *_MEANINGS, *_MEANINGS.values(), *_phrases(vocabulary.IDIOMS), *_phrases(vocabulary.SOFT)
)

# The letters are those of vocabulary.WORDS. At most LONGEST letters are matched, so that stars side
# by side take no time that counts.
_BEFORE, _AFTER = "[oadtjmOklp]*", "[oadtjmObklxpy]*"
_REFUSAL = re.compile(
    "|".join(
        (
            "[oadmO]*s[soadtjmObklxpyF]*",  # stop (these messages), отписаться (от рассылки)
            f"q+|q[oadt]*[mbg]{_AFTER}",  # end; cancel all messages
            # (do not) write (to me), не пишите и не звоните
            # not: не звоните; не пишите номер; do not mail it
            f"(?=[^vbxiB]*[vbxiB])(?!.*v[oad]*k){_BEFORE}"
            "(?:n[oa]*(?:[vbxic]|B[a]*o)(?:[oadtmObklxpy]|(?<=[oad])j)*)+",
            f"[oadtjp]*[hHsq][oadtj]*[ig]{_AFTER}",  # stop writing, хватит (мне) писать
            f"[hsq][oadtp]*[eE][oadtp]*[mO]{_AFTER}",  # stop getting messages
            f"[oadtjp]*i{_AFTER}[hH][oadty]*",  # писать (мне) не надо
            f"[oadtj]*h[oadtjp]*[mbO]{_AFTER}",  # no more ads, хватит рекламы
            f"[oadtj]*H[oadtj]*[mb]{_AFTER}",  # не надо рассылок; not: не нужна реклама
            "[od]*[mO][oadp]*h[oadtj]*|[od]*m[oadp]*H[oadtj]*",  # рассылку прекратите
            f"I?[oad]*n[oa]*w[oadtp]*[eE]*[oadtpE]*[mg]{_AFTER}",  # I do not want your messages
            f"I?[oad]*n[oa]*w[oadtp]*e{_AFTER}",  # I do not want to hear (from you)
            f"[oad]*r[ad]*(?:o|[kx]|p[ad]*[lm]){_AFTER}",  # remove (my) number, delete me
            f"[ad]*[ok][oad]*r{_AFTER}",  # мой номер удалите
            f"[oad]*R[ad]*(?:o|k?[ad]*p[ad]*[lm]){_AFTER}",  # уберите меня
            f"[ad]*o[ad]*R{_AFTER}",  # меня уберите
            f"[TE][ad]*[ok][ad]*F{_AFTER}",  # take me off (your list)
        )
    )
)
_WISH = re.compile("I?[oad]*w[oadtpyE]*")  # I want (you) to, хочу
_WISHED = re.compile("F[ad]*l")  # off this list
_SUPPLEMENT = re.compile("[oa]+|p[ad]*[olm]|n[oa]*c[oa]*")  # больше; from your list; не звоните
_DECLINE = re.compile("[oadtjypO]*[hH][oadtjyO]*|I?[oad]*n[oa]*w[oadtjO]*|q[oadtjq]*")
_HINT = re.compile(
    "(?<![Iy])n[oa]*[vbxi]|n[oa]*B[a]*o|[hHq][oad]*[ig]|n[oa]*w[oadtp]*[eE]"
    "|(?<!n)[rR][ad]*[okx]|T[ad]*[ok][ad]*F|[hqr][oad]*S"
)


def refuses(clause: Clause) -> bool:
    """Return whether the whole clause is a refusal. A question is one when it asks politely."""
    letters = _letters(clause.words)
    if not letters or len(letters) > LONGEST:
        return False
    if clause.asks and _REQUESTS.isdisjoint(_merged(clause.words)):
        return False
    wish = _WISH.match(letters)
    wished = letters[wish.end() :] if wish else ""
    return (
        _bare(clause.words) in _IDIOMS
        or _is_refusal(letters)
        or (not wished.startswith("q") and _is_refusal(wished))  # "I want to cancel" what?
        or _WISHED.fullmatch(wished) is not None
    )


def _is_refusal(letters: str) -> bool:
    """Return whether the letters are a refusal, with no preposition left alone: "stop at"."""
    return letters[-1:] != "p" and _REFUSAL.fullmatch(letters) is not None


def changes_nothing(clause: Clause) -> bool:
    """Return whether a refusal stays one beside this clause: a courtesy, a name, "Who are you?"."""
    words = _bare(clause.words)
    named = [word for word in words if word not in NAMES and not word.endswith(_PATRONYMICS)]
    first = _merged(clause.words)[:1]
    addresses = len(words) < 3 and not (_GREETINGS | _SIGN_OFFS).isdisjoint(first)
    supplements = _SUPPLEMENT.fullmatch(_letters(clause.words)) is not None
    return not named or addresses or supplements or words in _COMPANY or declines(clause)


def is_sign_off(clause: Clause) -> bool:
    """Return whether a clause has the words after which only a name follows."""
    return not _SIGN_OFFS.isdisjoint(_merged(clause.words))


def declines(clause: Clause) -> bool:
    """Return whether the whole clause declines, complains or threatens."""
    letters = _letters(clause.words)
    declined = len(letters) <= LONGEST and _DECLINE.fullmatch(letters) is not None
    return declined or _core(clause.words) in _SOFT


def hints(clause: Clause, *, asked: bool) -> bool:
    """Return whether a clause contains a refusal, beside other words.

    A negated one is none, "Do not stop", and neither is a "bus stop". When the reply asks something
    (`asked`) they count: "Non-stop?" is left to an admin.
    """
    words, letters = _bare(clause.words), _letters(clause.words)
    for n, word in enumerate(words):
        refusing = letters[n] == "s" or word.startswith(vocabulary.STEMS)
        if refusing and (asked or letters[n - 1 : n] != "n"):
            return True
    return _HINT.search(letters) is not None or (asked and vocabulary.NO_REFUSAL in words)
