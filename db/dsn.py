"""The address of a database, parsed once, and its parts for each of the two drivers.

asyncpg and psycopg (libpq) read the same text differently, so neither gets to read DATABASE_URL.
An address shows its hosts and database only: the password is in none of its representations.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

from db.dsn_text import DsnError, split
from db.dsn_words import BOTH, FILES, LIBPQ, POOLED, WITHOUT_EFFECT, checked

LONGEST_CONNECT_SECONDS = 60
PORT = 5432
SOCKET_FOLDERS = ("/run/postgresql", "/var/run/postgresql", "/tmp", "localhost")  # without a host

_HOST = re.compile(r"[\w.-]*|[0-9A-Fa-f:.]+(?:%\w+)?|/.*")
_PLACEHOLDER = re.compile(
    r"\[.*password.*\]|<.*password.*>|\{.*password.*\}|your[-_ ]?password|[*•]{4,}", re.IGNORECASE
)
_BUNDLES = (  # of certificate authorities, where Linux distributions keep them
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True, slots=True, repr=False)
class Dsn:
    """The parts of an address.

    `hosts` are names, IP addresses or folders of sockets, each with its port. `words` are those of
    libpq by their names. `pooled`: it says that a pooler is before the server. `without_effect`:
    words that are understood and change nothing.
    """

    hosts: tuple[tuple[str, int], ...]
    user: str | None
    password: str | None
    database: str | None
    words: Mapping[str, str] = field(default_factory=dict)
    pooled: bool = False
    without_effect: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a URL or `host=… dbname=…` as people paste it; raise DsnError."""
        words = _words(text)
        user, password, database = (
            words.pop(name, None) or None for name in ("user", "password", "dbname")
        )
        if password and _PLACEHOLDER.fullmatch(password):
            raise DsnError("has a placeholder in it: write the database's password there")
        hosts = _hosts(words.pop("host", ""), words.pop("port", ""))
        pooled = any((name, value.lower()) in POOLED for name, value in words.items())
        ignored = tuple(sorted(words.keys() & WITHOUT_EFFECT))
        for name in ignored:
            del words[name]
        _secure(words)
        if len(hosts) > 1:
            words.setdefault("target_session_attrs", "read-write")  # the others are standbys
        return cls(hosts, user, password, database, words, pooled, ignored)

    def __repr__(self) -> str:
        return f"<Dsn {self.where}>"

    @property
    def where(self) -> str:
        """The hosts, their ports and the database, for people."""
        hosts = (
            "a local socket" if host.startswith("/") else f"{_in_url(host)}:{port}"
            for host, port in self.hosts
        )
        database = self.database or ""
        shown = database if re.fullmatch(r"[\w.$-]*", database) else "…"
        return f"{','.join(dict.fromkeys(hosts))}/{shown}"

    @property
    def secrets(self) -> list[str]:
        """What a log replaces: the passwords, as they are and as a URL has them.

        One of up to three characters is left out: it would be found in most lines.
        """
        plain = [self.password or "", self.words.get("sslpassword", "")]
        long = [secret for secret in plain if len(secret) > 3]
        return [form for secret in long for form in {secret, quote(secret, safe="")}]

    def connect_seconds(self, otherwise: int) -> int:
        """Return how long connecting may take: connect_timeout within bounds, or `otherwise`."""
        given = int(self.words.get("connect_timeout", 0))  # libpq: 0 is no limit
        return min(given or otherwise, LONGEST_CONNECT_SECONDS)

    def url(self) -> str:
        """Return a URL with all of it, the password included, for another process."""
        login = ":".join(quote(part or "", safe="") for part in (self.user, self.password))
        query = urlencode(
            {
                "host": ",".join(host for host, _ in self.hosts),
                "port": ",".join(str(port) for _, port in self.hosts),
                **self.words,
                **({"pgbouncer": "true"} if self.pooled else {}),
            },
            quote_via=quote,
        )
        return f"postgresql://{login}@/{quote(self.database or '', safe='')}?{query}"

    def server_settings(self, name: str) -> dict[str, str]:
        """Return the settings for the login: `options`, and an application_name or `name`."""
        given = self.words.get("application_name") or self.words.get("fallback_application_name")
        options = self.words.get("options")
        return {"application_name": given or name, **({"options": options} if options else {})}

    def for_asyncpg(self) -> dict[str, Any]:
        """Return arguments of asyncpg.connect, without server settings and timeout.

        Words of TLS can only be given in the query of a DSN.
        """
        query = {name: value for name, value in self._resolved().items() if name in BOTH}
        return {
            "dsn": f"postgresql://?{urlencode(query, quote_via=quote)}" if query else None,
            "host": [host for host, _ in self.hosts],
            "port": [port for _, port in self.hosts],
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }

    def for_libpq(self) -> dict[str, Any]:
        """Return words of libpq, as arguments of psycopg.connect; without connect_timeout."""
        passed = {n: v for n, v in self._resolved().items() if n in BOTH | LIBPQ}
        parts = {
            "host": ",".join(host for host, _ in self.hosts),
            "port": ",".join(str(port) for _, port in self.hosts),
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
        }
        return (
            passed
            | self.server_settings("predlagator alarms")
            | {name: value for name, value in parts.items() if value}
        )

    def missing_files(self) -> list[str]:
        """Return the words that name a file which does not exist."""
        return [
            name
            for name, value in self._resolved().items()
            if name in FILES and not Path(value).is_file()
        ]

    def _resolved(self) -> dict[str, str]:
        """Return the words with `sslrootcert=system` replaced by a file.

        asyncpg does not know that value, and psycopg's own OpenSSL looks in a folder of its own.
        """
        words = dict(self.words)
        if words.get("sslrootcert") == "system":
            found = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
            files = (file for file in found if file and Path(file).is_file())
            words["sslrootcert"] = next(files, _BUNDLES[0])
        return words


def _words(text: str) -> dict[str, str]:
    """Return each word once, checked; a folder of sockets replaces the host `localhost`."""
    words: dict[str, str] = {}
    for raw_name, raw_value in split(text, checked):
        name, value = checked(raw_name, raw_value)
        before = words.get(name)
        if name == "host" and value.startswith("/") and before in ("localhost", "127.0.0.1"):
            before = None
        if before and value and before != value:
            raise DsnError(f"has “{name}” twice, with different values: leave one of them")
        words[name] = value or before or ""
    return words


def _secure(words: dict[str, str]) -> None:
    """Keep what the words ask of TLS, in terms that both drivers have.

    channel_binding=require excludes a man in the middle. asyncpg cannot bind; the server's
    certificate and name are verified instead.
    """
    if words.get("channel_binding") == "require":
        words["sslmode"] = "verify-full"
        words.setdefault("sslrootcert", "system")
    if words.get("sslrootcert") == "system":
        words.setdefault("sslmode", "verify-full")  # as libpq does
        if words["sslmode"] != "verify-full":
            raise DsnError("has sslrootcert=system, which needs sslmode=verify-full beside it")
    verifies = words.get("sslmode") in ("require", "verify-ca", "verify-full")
    if not verifies and (idle := words.keys() & {"sslrootcert", "sslcrl"}):
        raise DsnError(f"has {min(idle)}, which nothing checks without sslmode=verify-full")


def _hosts(hosts: str, ports: str) -> tuple[tuple[str, int], ...]:
    names = hosts.split(",") if hosts else list(SOCKET_FOLDERS)
    numbers = ports.split(",") if ports else [""]
    if len(numbers) == 1:
        numbers *= len(names)
    if len(numbers) != len(names):
        raise DsnError("has another number of ports than of hosts")
    if not all(_HOST.fullmatch(name) for name in names):
        raise DsnError("has a wrong host: it is a name, an IP address or the folder of a socket")
    return tuple(
        (name or "localhost", _port(port)) for name, port in zip(names, numbers, strict=True)
    )


def _port(text: str) -> int:
    if not text:
        return PORT
    if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= 65535:
        raise DsnError("has a wrong port: it is a number from 1 to 65535")
    return int(text)


def _in_url(host: str) -> str:
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host
