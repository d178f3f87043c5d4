"""An address is read as people paste it, and its words have one meaning."""

from __future__ import annotations

import pytest

from db.dsn import Dsn
from db.dsn_text import DsnError

SOCKETS = (("/run/postgresql", 5432), ("/var/run/postgresql", 5432), ("/tmp", 5432))


def parts(dsn: Dsn) -> tuple[str, str | None, str | None, str | None]:
    hosts = ",".join(f"{host}:{port}" for host, port in dsn.hosts)
    return hosts, dsn.user, dsn.password, dsn.database


@pytest.mark.parametrize(
    ("text", "hosts", "user", "password", "database"),
    [
        ("postgresql://u:p@h:6543/d", "h:6543", "u", "p", "d"),
        ("postgres://u:p@h/d", "h:5432", "u", "p", "d"),
        ("POSTGRESQL://u:p@h/d", "h:5432", "u", "p", "d"),
        ("postgresql+asyncpg://u:p@h/d", "h:5432", "u", "p", "d"),
        ("jdbc:postgresql://h:5433/d?user=u&password=p", "h:5433", "u", "p", "d"),
        ("postgresql://u@h", "h:5432", "u", None, None),
        ("postgresql://u:@h/d", "h:5432", "u", None, "d"),
        ("postgresql://h/d?application_name=a@b", "h:5432", None, None, "d"),
        ("postgresql://u:p@h/d?application_name=a@b", "h:5432", "u", "p", "d"),
        ("postgresql://anna@srv:p@srv.azure.com/d", "srv.azure.com:5432", "anna@srv", "p", "d"),
        ("postgresql://u:p@[::1]/d", "::1:5432", "u", "p", "d"),
        ("postgresql://u:p@[2001:db8::2]:6432/d", "2001:db8::2:6432", "u", "p", "d"),
        ("postgresql://u:p@a:1,b:2,c/d", "a:1,b:2,c:5432", "u", "p", "d"),
        ("postgresql://u:p@a,b/d?port=7", "a:7,b:7", "u", "p", "d"),
        ("postgresql://u:p@/d?host=/cloudsql/x:eu:y", "/cloudsql/x:eu:y:5432", "u", "p", "d"),
        ("postgresql://u:p@localhost/d?host=/cloudsql/x", "/cloudsql/x:5432", "u", "p", "d"),
        ("postgresql://u@%2Fvar%2Frun/d", "/var/run:5432", "u", None, "d"),
        ("postgresql://u:p@h/my%20shop", "h:5432", "u", "p", "my shop"),
        ("host=h port=6 dbname=d user=u password='it\\'s a ''", "", "", "", ""),
        ("host=h port=6 dbname=d user=u password='it\\'s'", "h:6", "u", "it's", "d"),
        ("host = h  user=u password=a\\ b", "h:5432", "u", "a b", None),
        ("  'postgresql://u:p@h/d' \n", "h:5432", "u", "p", "d"),
        ('"postgresql://u:p@h/d"', "h:5432", "u", "p", "d"),
        ("“postgresql://u:p@h/d”", "h:5432", "u", "p", "d"),
        ("\ufeffpostgresql://u:p@h/d\u200b", "h:5432", "u", "p", "d"),
        ("psql 'postgresql://u:p@h/d'", "h:5432", "u", "p", "d"),
        ("psql postgresql://u:p@h/d", "h:5432", "u", "p", "d"),
        ("postgresql://u:p@h/d/", "h:5432", "u", "p", "d"),
        ("postgresql://u:p@[fe80::1%25eth0]/d", "fe80::1%eth0:5432", "u", "p", "d"),
        (
            "postgresql://u:db.rds:3306/?Action=c&X-Amz=a%2Fb@h/d",
            "h:5432",
            "u",
            "db.rds:3306/?Action=c&X-Amz=a/b",
            "d",
        ),
        ('psql "host=h user=u password=p dbname=d"', "h:5432", "u", "p", "d"),
        ("export DATABASE_URL='postgresql://u:p@h/d'", "h:5432", "u", "p", "d"),
        ("DATABASE_URL=postgresql://u:p@h/d", "h:5432", "u", "p", "d"),
    ],
)
def test_an_address_is_read_as_people_paste_it(
    text: str, hosts: str, user: str, password: str, database: str
) -> None:
    if not hosts:
        with pytest.raises(DsnError):
            Dsn.parse(text)
    else:
        assert parts(Dsn.parse(text)) == (hosts, user, password, database)


def test_without_a_host_the_usual_sockets_are_tried() -> None:
    assert Dsn.parse("postgresql:///d").hosts == (*SOCKETS, ("localhost", 5432))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sslmode=require", {"sslmode": "require"}),
        ("ssl=true", {"sslmode": "require"}),
        ("ssl=false", {"sslmode": "disable"}),
        ("sslmode=no-verify", {"sslmode": "require"}),
        ("sslmode=VERIFY_CA", {"sslmode": "verify-ca"}),
        ("sslrootcert=system", {"sslmode": "verify-full", "sslrootcert": "system"}),
        ("channel_binding=prefer", {"channel_binding": "prefer"}),
        (
            "sslmode=require&channel_binding=require",
            {"sslmode": "verify-full", "sslrootcert": "system", "channel_binding": "require"},
        ),
        ("pgbouncer=true&connection_limit=1&schema=public", {"schema": "public"}),
        ("keepalives=1&keepalives_idle=30", {"keepalives": "1", "keepalives_idle": "30"}),
        ("ApplicationName=crm", {"application_name": "crm"}),
        ("options=-c%20search_path%3Dcrm", {"options": "-c search_path=crm"}),
        ("options=project%3Dx-y-1", {"options": "project=x-y-1"}),
        ("supa=base-pooler.x&statement_cache_size=0", {}),
    ],
)
def test_words_have_one_meaning(query: str, words: dict[str, str]) -> None:
    assert Dsn.parse(f"postgresql://u:p@h/d?{query}").words == words


def test_words_of_other_programs_are_understood_and_named() -> None:
    dsn = Dsn.parse("postgresql://u:p@h/d?pgbouncer=true&connection_limit=1")
    assert dsn.without_effect == ("connection_limit", "pgbouncer")
    assert dsn.pooled
    assert not Dsn.parse("postgresql://u:p@h/d?pgbouncer=false").pooled


def test_several_hosts_are_asked_for_the_one_that_takes_writes() -> None:
    assert Dsn.parse("postgresql://u@a,b/d").words["target_session_attrs"] == "read-write"


def test_connecting_has_a_limit() -> None:
    seconds = [
        Dsn.parse(f"postgresql://h/d{query}").connect_seconds(10)
        for query in ("", "?connect_timeout=0", "?connect_timeout=30", "?connect_timeout=9999")
    ]
    assert seconds == [10, 10, 30, 60]


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:p%40/%25@a:1,[::1]:2/my%20shop?sslmode=require&connect_timeout=5",
        "postgresql:///d?host=/tmp/x%20y&pgbouncer=true",
        "postgresql://h",
    ],
)
def test_its_url_is_the_same_address(text: str) -> None:
    dsn = Dsn.parse(text)
    again = Dsn.parse(dsn.url())
    assert (parts(again), again.words, again.pooled) == (parts(dsn), dsn.words, dsn.pooled)


def test_people_see_the_hosts_and_the_database() -> None:
    dsn = Dsn.parse("postgresql://u:hunter2@[::1]:6,db.example.com/shop?host=")
    assert dsn.where == "[::1]:6,db.example.com:5432/shop"
    assert Dsn.parse("postgresql://u@h/a%3Bpassword%3Dx").where == "h:5432/…"
    assert Dsn.parse("postgresql://u:hunter2@/shop?host=/tmp").where == "a local socket/shop"
