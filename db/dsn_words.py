"""What each word of a DSN means here, and how it is handed to both drivers.

A word that neither driver may drop without harm is kept or refused, never ignored. The words are
libpq's (PostgreSQL manual, 34.1.2), and those of Prisma, JDBC, node-postgres, SQLAlchemy and Rails
that hosted databases show in their addresses.
"""

from __future__ import annotations

import re

from db.dsn_text import DsnError

_SYNONYMS = {
    "database": "dbname",
    "username": "user",
    "applicationname": "application_name",
    "currentschema": "schema",
    "encoding": "client_encoding",
    "charset": "client_encoding",
    "ssl": "sslmode",
}
PARTS = frozenset({"host", "port", "user", "password", "dbname"})

# Read by asyncpg from the query of a DSN and by libpq, with the same meaning.
BOTH = frozenset(
    {
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "sslcrl",
        "sslpassword",
        "sslnegotiation",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "target_session_attrs",
        "passfile",
        "krbsrvname",
        "gsslib",
    }
)
# asyncpg lacks them: it limits each wait itself, and channel_binding is made up for.
LIBPQ = frozenset(
    {
        "channel_binding",
        "keepalives",
        "keepalives_idle",
        "keepalives_interval",
        "keepalives_count",
        "tcp_user_timeout",
    }
)
OWN = frozenset({"application_name", "fallback_application_name", "options", "connect_timeout"})
FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")

# They size or tune a pool of another program.
WITHOUT_EFFECT = frozenset(
    {
        "connection_limit",
        "conn_max_age",
        "max_overflow",
        "max_protocol_version",
        "min_protocol_version",
        "pgbouncer",
        "pool",
        "pool_size",
        "pool_timeout",
        "preparedstatementcachequeries",
        "prepared_statement_cache_size",
        "prepared_statements",
        "preparethreshold",
        "reconnect",
        "socket_timeout",
        "statement_cache_size",
        "supa",
        "uselibpqcompat",
        "workaround",
    }
)
# A pooler is before the server where one of them has this value.
POOLED = {
    ("pgbouncer", "true"),
    ("statement_cache_size", "0"),
    ("prepared_statement_cache_size", "0"),
    ("prepared_statements", "false"),
    ("preparethreshold", "0"),
}

# Taken with the values that change nothing, and refused with any other.
_AS_IT_IS = {
    "client_encoding": {"utf8", "utf-8", "unicode", "auto"},
    "gssencmode": {"disable", "prefer"},
    "load_balance_hosts": {"disable"},
    "replication": {"false", "off", "no", "0"},
    "schema": {"public"},
    "sslaccept": {"accept_invalid_certs"},
    "sslcertmode": {"allow"},
    "sslcompression": {"0", "1"},
    "sslsni": {"1"},
    "gssdelegation": {"0"},
}
_ADVICE = {
    "hostaddr": "write that address as the host",
    "schema": "write ALTER ROLE … SET search_path in the database instead",
    "service": "write out what the file of the service says",
    "servicefile": "write out what the file of the service says",
    "sslaccept": "write sslmode=verify-full and sslrootcert=… instead",
    "sslidentity": "write sslcert=… and sslkey=… instead",
    "requiressl": "write sslmode=require instead",
}
_NEVER = frozenset(
    {"hostaddr", "require_auth", "requirepeer", "service", "servicefile", "sslcrldir"}
    | {"sslidentity", "requiressl", "sslkeylogfile"}
)
_KNOWN = PARTS | BOTH | LIBPQ | OWN | WITHOUT_EFFECT | _NEVER | _AS_IT_IS.keys()

_SSL = {"true": "require", "1": "require", "on": "require", "false": "disable", "0": "disable"}
_SSL |= {"off": "disable", "no-verify": "require"}  # node-postgres: encrypted, not verified
_TLS = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
_CHOICES = {
    "sslmode": {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
    "channel_binding": {"disable", "prefer", "require"},
    "target_session_attrs": {"any", "read-write", "primary"},  # a standby takes no writes
    "sslnegotiation": {"postgres", "direct"},
    "ssl_min_protocol_version": _TLS,
    "ssl_max_protocol_version": _TLS,
    "gsslib": {"gssapi", "sspi"},
}
_NUMBERS = frozenset((LIBPQ - {"channel_binding"}) | {"connect_timeout"})


def checked(name: str, value: str) -> tuple[str, str]:
    """Return the canonical name and value of a word.

    Raise DsnError for a word that is unknown or cannot be kept, and for a value that it cannot
    have. The error does not show the value.
    """
    given, name = name, _SYNONYMS.get(name.lower(), name.lower())
    if name not in _KNOWN:
        raise DsnError(
            f"has the word “{given}”, which is not known: remove it "
            "(a setting of the server is written options=-c%20name=value)"
        )
    if not value and name not in PARTS:
        raise DsnError(f"has the word “{given}” without a value")
    if name == "sslmode":
        value = value.lower().replace("_", "-")
        value = _SSL.get(value, value)
    if name in _NEVER or (name in _AS_IT_IS and value.lower() not in _AS_IT_IS[name]):
        advice = _ADVICE.get(name, "remove it")
        raise DsnError(f"has “{name}”, which Predlagator cannot keep as it is: {advice}")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise DsnError(f"has a wrong “{name}”: it is one of {', '.join(sorted(_CHOICES[name]))}")
    if name in _NUMBERS and not re.fullmatch(r"\d{1,9}", value):
        raise DsnError(f"has a wrong “{name}”: it is a whole number")
    return name, value
