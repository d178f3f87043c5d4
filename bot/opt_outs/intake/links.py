"""Usernames, ids and links of Telegram: whom each of them names.

Links: https://core.telegram.org/api/links. A user id has at most 52 significant bits:
https://core.telegram.org/api/bots/ids.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from bot.opt_outs.intake.readings import FAULTS, Fault, NotUnderstood, Reading, Understood
from bot.uploads.intake import identities
from db.models.contact import Identity

LARGEST_ID = 2**52

_LINK = re.compile(r"tg:|https?://|(?:www\.)?(?:t|telegram)\.(?:me|dog)/|\w+\.t\.me", re.IGNORECASE)
_SCHEME = re.compile(r"tg:|https?:", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")
_HOSTS = ("t.me", "telegram.me", "telegram.dog")
_NO_PERSON = frozenset(
    "addemoji addlist addstickers addtheme bg c confirmphone contact invoice iv joinchat login m"
    " proxy setlanguage share socks".split()
)


def is_link(text: str) -> bool:
    """Return whether the text begins like a link."""
    return _LINK.match(text) is not None


def of_user(text: str, user_id: int) -> Reading:
    if 0 < user_id <= LARGEST_ID:
        return Understood(text, Identity(user_id=user_id))
    return NotUnderstood(text, Fault.NOT_UNDERSTOOD)


def of_username(text: str, name: str) -> Reading:
    found = identities.username(name)
    if isinstance(found, Identity):
        return Understood(text, found)
    return NotUnderstood(text, Fault.NOT_A_USERNAME)


def _international(text: str, digits: str) -> Reading:
    found = identities.phone(f"+{digits}", "ZZ")
    if isinstance(found, Identity):
        return Understood(text, found)
    return NotUnderstood(text, FAULTS.get(found, Fault.NOT_UNDERSTOOD))


def of_link(text: str) -> Reading:
    """Read a link of Telegram: t.me/name, t.me/+7999…, tg://user?id=42, tg://resolve?domain=name."""
    try:
        url = urlsplit(text if _SCHEME.match(text) else f"https://{text}")
        query = parse_qs(url.query)
    except ValueError:
        return NotUnderstood(text, Fault.NOT_A_PERSON)
    host = url.netloc.lower().removeprefix("www.")
    if url.scheme == "tg":
        return _appof_link(text, (host or url.path).strip("/").lower(), query)
    if host in _HOSTS:
        return _path(text, [one for one in unquote(url.path).split("/") if one])
    if host.endswith(".t.me"):
        return of_username(text, host.removesuffix(".t.me"))
    return NotUnderstood(text, Fault.NOT_A_PERSON)


def _appof_link(text: str, act: str, query: dict[str, list[str]]) -> Reading:
    values = {name: one[0].strip("+ ") for name, one in query.items()}
    user_id = values.get("id") or values.get("user_id") or ""
    if act in ("user", "openmessage") and _DIGITS.fullmatch(user_id) and len(user_id) < 20:
        return of_user(text, int(user_id))
    if act == "resolve" and _DIGITS.fullmatch(values.get("phone", "")):
        return _international(text, values["phone"])
    if act == "resolve" and "domain" in values:
        return of_username(text, values["domain"])
    return NotUnderstood(text, Fault.INVITATION if act == "join" else Fault.NOT_A_PERSON)


def _path(text: str, segments: list[str]) -> Reading:
    if len(segments) > 1 and segments[0] == "s":  # the preview of a public channel
        segments = segments[1:]
    name = segments[0] if segments else ""
    if name.startswith("+"):
        digits = re.sub(r"[ ()-]", "", name[1:])
        if _DIGITS.fullmatch(digits):
            return _international(text, digits)
    if name.startswith("+") or name.lower() in ("joinchat", "addlist"):
        return NotUnderstood(text, Fault.INVITATION)
    if not name or name.lower() in _NO_PERSON:
        return NotUnderstood(text, Fault.NOT_A_PERSON)
    return of_username(text, name)
