"""What an admin typed behind /optout: phones, @names, links and ids, each with whom it names."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.opt_outs.intake import links
from bot.opt_outs.intake.readings import (
    FAULTS,
    Fault,
    NotUnderstood,
    Number,
    Reading,
    Understood,
)
from bot.uploads.intake import identities
from db.models.contact import Identity

MOST_ID_DIGITS = 10  # of Telegram's user ids so far
_FEWEST_APART = 5  # digits of an id that stands between words
_LONGEST_PHONE = 15  # digits (E.164)

_BETWEEN = re.compile(r"[\n\r;,]+")
_QUOTES = "<>«»\"'`“”"
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"[0-9]+")
_ID = re.compile(r"(?:user[ _]?)?id\s*[:=№#]?\s*([0-9]{1,19})", re.IGNORECASE)


def read(typed: str, region: str) -> list[Reading]:
    """Read what was typed; national phones are of `region` ("RU"). Doubles are kept once.

    New lines, commas and semicolons separate; so do blanks, unless they stand inside a phone.
    """
    found: dict[str, Reading] = {}
    for part in _BETWEEN.split(typed):
        for reading in _read_part(identities.tidy(part).strip(_QUOTES), region):
            found.setdefault(reading.text.casefold(), reading)
    return list(found.values())


def decide(
    number: Number, known_users: Collection[int], known_phones: Collection[str]
) -> Understood | None:
    """Return whom digits alone name; None when they may be a phone and an id.

    `known_users` and `known_phones` are those of the people we know.
    """
    known_id = number.user_id is not None and number.user_id.user_id in known_users
    known_phone = next((one for one in number.loose if one.phone in known_phones), None)
    phone = known_phone or number.phone
    if number.user_id is not None and (phone is None or (known_id and known_phone is None)):
        return Understood(number.text, number.user_id)
    if phone is not None and (
        number.user_id is None or (not known_id and len(number.text) > MOST_ID_DIGITS)
    ):
        return Understood(number.text, phone)
    return None


def read_phone(digits: str, region: str) -> Understood | None:
    """Return digits alone as a phone; None when they are none."""
    found = identities.valid_phone(digits, region) or identities.phone(f"+{digits}", region)
    return Understood(digits, found) if isinstance(found, Identity) else None


def read_id(user_id: int) -> Understood:
    """Return digits alone as a Telegram id."""
    return Understood(str(user_id), Identity(user_id=user_id))


def _read_part(part: str, region: str) -> list[Reading]:
    words = part.split()
    if len(words) < 2:
        return [_read_one(part, region)] if words else []
    whole = _read_one(part, region)
    if isinstance(whole, Understood) or _ID.fullmatch(part):
        return [whole]
    groups = _groups(words)
    named = any("+" in group or _is_word(group) for group in groups)
    return [one for group in groups for one in _read_group(group, region, strict=named)]


def _groups(words: list[str]) -> list[str]:
    """Join the words of a phone; a name, a link, a word and a + begin another group."""
    groups: list[list[str]] = []
    for word in words:
        begins = word.startswith(("+", "@")) or _LETTER.search(word) is not None
        if begins or not groups or _LETTER.search(groups[-1][-1]) or groups[-1][-1][0] == "@":
            groups.append([])
        groups[-1].append(word)
    return [" ".join(group) for group in groups]


def _is_word(group: str) -> bool:
    return _LETTER.search(group) is not None and group[0] != "@" and not links.is_link(group)


def _read_group(group: str, region: str, *, strict: bool) -> list[Reading]:
    """Read a group between blanks. `strict`: a few digits are a part of a phone, not an id."""
    words = group.split()
    if len(words) == 1 and strict and group.isdigit() and len(group) < _FEWEST_APART:
        return [NotUnderstood(group, Fault.NOT_UNDERSTOOD)]
    if sum(map(len, words)) > _LONGEST_PHONE and all(word.isdigit() for word in words[1:]):
        return [_read_one(word, region) for word in words]
    return [_read_one(group, region)]


def _read_one(text: str, region: str) -> Reading:
    """Read one thing: @name, link, id, digits, phone."""
    text = text.strip(_QUOTES).rstrip(".")
    if (labelled := _ID.fullmatch(text)) is not None:
        return links.of_user(text, int(labelled[1]))
    if text.startswith("@"):
        return links.of_username(text, text)
    if links.is_link(text):
        return links.of_link(text)
    if _DIGITS.fullmatch(text):
        return _number(text, region)
    if text.startswith("-") and _DIGITS.fullmatch(text[1:]):
        return NotUnderstood(text, Fault.GROUP)
    found = identities.phone(text, region)
    if isinstance(found, Identity):
        if "+" in text or text.startswith("00") or identities.valid_phone(text, region):
            return Understood(text, found)
        return NotUnderstood(text, Fault.NO_SUCH_NUMBER)
    if _LETTER.search(text):
        maybe = isinstance(identities.username(text), Identity)
        return NotUnderstood(text, Fault.MAYBE_USERNAME if maybe else Fault.NOT_UNDERSTOOD)
    return NotUnderstood(text, FAULTS.get(found, Fault.NOT_UNDERSTOOD))


def _number(digits: str, region: str) -> Reading:
    phone = identities.valid_phone(digits, region)
    may_be_id = digits[0] != "0" and int(digits) <= links.LARGEST_ID if len(digits) < 20 else False
    if phone is None and not may_be_id:
        found = identities.phone(digits, region)
        if isinstance(found, Identity):
            return NotUnderstood(digits, Fault.NO_SUCH_NUMBER)
        return NotUnderstood(digits, FAULTS.get(found, Fault.NOT_UNDERSTOOD))
    loose = {identities.phone(written, region) for written in (digits, f"+{digits}")}
    phones = tuple(one for one in loose if isinstance(one, Identity))
    return Number(digits, phone, phones, Identity(user_id=int(digits)) if may_be_id else None)
