"""Splits the text of a DSN into libpq's words: a URL, or `host=… dbname=…`.

The grammar is libpq's (PostgreSQL manual, 34.1.1), read tolerantly where people paste addresses: a
password may hold `@`, `:`, `/`, `?`, `#` and `%` as they are. A wrong reading would show a part of
the password as a host, so a URL is read only where everything after the password makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

Check: TypeAlias = Callable[[str, str], object]  # of a name and its value; raises DsnError

EXAMPLE = "postgresql://user:password@host:5432/name"

_SCHEME = re.compile(r"(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
_HOST = r"(?:\[[\w.:%-]+\]|[^\[\]:/?#@,;&=\s]*)(?::\d*)?"  # [IPv6] or another, and its port
_REST = re.compile(  # what follows the user and the password
    rf"(?P<hosts>{_HOST}(?:,{_HOST})*)(?:/(?P<database>[^/?#@;&=\s]*)/?)?(?:\?(?P<query>.*))?"
)
_WORD = re.compile(r"[A-Za-z][\w.-]{0,63}")
_PAIR = re.compile(r"\s*(\w+)\s*=\s*(?:'((?:\\.|[^'\\])*)'|(?!')((?:\\.|[^\s\\])*))(?=\s|$)")
_PAIRS = re.compile(r"\s*[A-Za-z_]+\s*=")
_IN_QUERY = re.compile(r"[?&]\w*password=", re.IGNORECASE)
_SEMICOLON = re.compile(r";[\w ]+=")  # Npgsql's and ODBC's words are apart by it
_COMMAND = re.compile(r"psql\s+(?P<address>.*)|PGPASSWORD=.*", re.DOTALL)
_PASTED = re.compile(r"(?:export\s+|DATABASE_URL\s*=\s*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_QUOTES = ('""', "''", "``", "“”", "‘’", "«»", "<>")


class DsnError(ValueError):
    """The DSN cannot be used. str() continues a sentence that begins with its name.

    It never holds a part of the password.
    """


def split(text: str, check: Check) -> list[tuple[str, str]]:
    """Return the words of a DSN and their values, decoded, in order.

    The parts of a URL have libpq's names: `host` and `port` are lists with commas. Raise DsnError,
    also where `check` does.
    """
    text = _undecorated(text)
    if command := _COMMAND.fullmatch(text):
        text = _undecorated(command["address"] or "")
        if not (_SCHEME.match(text) or _PAIRS.match(text)):
            raise DsnError(f"is a command: write the address alone, like {EXAMPLE}")
    if _CONTROL.search(text):
        raise DsnError("has a line break or another character in it that no address has")
    if scheme := _SCHEME.match(text):
        pairs = _split_url(text[scheme.end() :], check)
    elif _PAIRS.match(text) and not _SEMICOLON.search(text):
        pairs = _split_pairs(text)
        if error := _first_error(pairs, check):
            raise error
    else:
        raise DsnError(f"is not an address like {EXAMPLE}")
    if any("\x00" in value for _, value in pairs):
        raise DsnError("has %00 in it, which PostgreSQL does not take")
    return pairs


def _undecorated(text: str) -> str:
    """Remove what is copied along: blanks, quotes around it, `export DATABASE_URL=`."""
    while True:
        bare = text.strip().strip(_INVISIBLE)
        if len(bare) > 1 and bare[0] + bare[-1] in _QUOTES:
            bare = bare[1:-1]
        if pasted := _PASTED.match(bare):
            bare = bare[pasted.end() :]
        if bare == text:
            return bare
        text = bare


# --- a URL ------------------------------------------------------------------------


def _split_url(text: str, check: Check) -> list[tuple[str, str]]:
    """Read a URL after its scheme.

    Any `@` may end the password. The first one is taken after which all is well-formed and passes
    `check`; not one in a password that stands in the query.
    """
    error = None
    login, *_ = _IN_QUERY.split(text, 1)
    for end in [-1, *(match.start() for match in re.finditer("@", login))]:
        rest = _REST.fullmatch(text, end + 1)
        error = rest and _first_error(_query(rest["query"]), check)
        if rest and not error:
            return list(_parts(text[: max(end, 0)], rest))
    raise error or DsnError(
        f"is not an address like {EXAMPLE} (in a password, write %40 for @, %2F for /)"
    )


def _query(query: str | None) -> Iterator[tuple[str, str]]:
    """Yield the words of a query; a value is empty where there is no `=`."""
    for pair in (query or "").split("&"):
        name, _, value = pair.partition("=")
        if pair:
            yield decoded(name), decoded(value)


def _first_error(pairs: Iterable[tuple[str, str]], check: Check) -> DsnError | None:
    """Return the first error of `check`; None when there is none.

    It names no word that may be a part of a password.
    """
    after_password = False
    for name, value in pairs:
        try:
            check(name, value)
        except DsnError as error:
            if after_password or not _WORD.fullmatch(name):
                return DsnError("has a word that is not known (in a password, write %26 for &)")
            return error
        after_password = after_password or "password" in name.lower()
    return None


def _parts(login: str, rest: re.Match[str]) -> Iterator[tuple[str, str]]:
    user, _, password = login.partition(":")
    hosts = [_host_and_port(host) for host in rest["hosts"].split(",")]
    yield from (("user", decoded(user)), ("password", decoded(password)))
    yield "host", ",".join(host for host, _ in hosts)
    yield "port", ",".join(port for _, port in hosts) if any(port for _, port in hosts) else ""
    yield "dbname", decoded(rest["database"] or "")
    yield from _query(rest["query"])


def _host_and_port(text: str) -> tuple[str, str]:
    """Return both; the port is empty where there is none. An IPv6 address loses its brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, ""
    return decoded(host.removeprefix("[").removesuffix("]")), port


def decoded(text: str) -> str:
    """Return `text` with %XX decoded; a `%` that is not an encoding stays as it is."""
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:  # a raw % before two digits
        return text


# --- words ------------------------------------------------------------------------


def _split_pairs(text: str) -> list[tuple[str, str]]:
    """Read `name=value name='value'`, in which a backslash escapes the next character."""
    pairs, at = [], 0
    while at < len(text.rstrip()):
        pair = _PAIR.match(text, at)
        if pair is None:
            raise DsnError(
                "is neither an address nor words like host=… dbname=… "
                "(a value with blanks stands between '…')"
            )
        pairs.append((pair[1], re.sub(r"\\(.)", r"\1", pair[2] or pair[3] or "")))
        at = pair.end()
    return pairs
