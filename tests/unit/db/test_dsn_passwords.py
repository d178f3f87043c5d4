"""A password may hold anything, and no message about an address shows a part of it."""

from __future__ import annotations

import random

import pytest

from db.dsn import Dsn
from db.dsn_text import DsnError


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("p@ss", "p@ss"),
        ("p@ss/w", "p@ss/w"),
        ("p@ss/w?x=1", "p@ss/w?x=1"),
        ("a:b:c", "a:b:c"),
        ("1234/x", "1234/x"),
        ("1234?x", "1234?x"),
        ("#hash", "#hash"),
        ("[x]", "[x]"),
        ("100%", "100%"),
        ("50%off", "50%off"),
        ("a%ddb", "a%ddb"),
        ("p%40ss", "p@ss"),
        ("100%25", "100%"),
        ("%40%", "@%"),
        ("a b", "a b"),
        ("a&b=c", "a&b=c"),
        ("a+b", "a+b"),
        ("a,b", "a,b"),
        ("@", "@"),
        ("@@/@", "@@/@"),
        ("пароль", "пароль"),
        ("$x!'\"\\", "$x!'\"\\"),
        ("x@y?sslmode=require", "x@y?sslmode=require"),
    ],
)
@pytest.mark.parametrize("rest", ["h.example.com:5432/d?sslmode=require", "h", "[::1]/d", "h:1/"])
def test_a_password_may_hold_what_a_url_reserves(raw: str, meant: str, rest: str) -> None:
    dsn = Dsn.parse(f"postgresql://u:{raw}@{rest}")
    assert (dsn.user, dsn.password) == ("u", meant)
    assert dsn.hosts[0][0] in ("h.example.com", "h", "::1")


def test_any_password_is_read_or_refused_and_never_shown() -> None:
    chance = random.Random(11)
    refusals: list[str] = []
    for _ in range(10_000):
        password = "".join(chance.choices("@:/?#&=%[],.'\" \\", k=4)) + "".join(
            chance.choices("SECRET@:/?#&=%[],.", k=8)
        )
        text = f"postgresql://u:{password}@db.example.com:5432/shop"
        try:
            dsn = Dsn.parse(text)
        except DsnError as error:
            refusals.append(str(error))
        else:
            assert dsn.hosts == (("db.example.com", 5432),), text
            assert not set("SECRT") & set(f"{dsn!r} {dsn}")
    assert len(refusals) < 100
    assert not set("SCRT") & set("".join(refusals))


FORMS = [
    "postgresql://u:{}@h.example.com:5432/d?sslmode=require",
    "postgresql://u:{}@a.example.com,b.example.com:1/d?application_name=a@b",
    "postgresql://u:{}@h.example.com/d?foo=1",
    "postgresql://u:{}@[::1]:5/d",
    "postgresql://u:{}@/d?host=/tmp",
    "postgresql://h.example.com/d?user=u&password={}",
    "postgresql://h.example.com/d?user=u&password={}&sslmode=require",
    "host=h.example.com user=u password={} dbname=d",
    "psql 'postgresql://u:{}@h.example.com/d'",
    "u:{}@h.example.com/d",
    "mysql://u:{}@h.example.com/d",
    "Host=h.example.com;Password={};Database=d",
]
PIECES = [*"@@:/?#&=%[], ;'\"\\+", "QX", "QX", "QX", "%4", "sslmode", "sslmode=", "host=", "5432"]


def test_no_form_of_an_address_shows_a_part_of_its_password() -> None:
    chance = random.Random(5)
    for _ in range(15_000):
        text = chance.choice(FORMS).format("".join(chance.choices(PIECES, k=chance.randint(3, 9))))
        try:
            shown = repr(Dsn.parse(text))
        except DsnError as error:
            shown = repr(error)
        assert "QX" not in shown, text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not an address"),
        ("mysql://root:hunter2@h/d", "not an address"),
        ("https://x.supabase.co/hunter2", "not an address"),
        ("u:hunter2@h:5432/d", "not an address"),
        ("postgresql://u:hunter2", "not an address"),
        ("postgresql://u:hunter2@h:port/d", "not an address"),
        ("postgresql://u:hunter2@h/d#x", "not an address"),
        ("postgresql://u:hunter2@h:99999/d", "wrong port"),
        ("postgresql://u:hunter2@a,b/d?port=1,2,3", "number of ports"),
        ("postgresql://u:hunter2@h/d\nAPI_ID=1", "line break"),
        ("postgresql://u:hunter%002@h/d", "%00"),
        ("postgresql://u:[YOUR-PASSWORD]@h/d", "placeholder"),
        ("postgresql://u:<password>@h/d", "placeholder"),
        ("postgresql://u:********@h/d", "placeholder"),
        ("psql -h h -U u d", "is a command"),
        ("PGPASSWORD=hunter2 psql -h h -U u d", "is a command"),
        ("psql postgresql://u:hunter2@h/d -c 'SELECT 1'", "not an address"),
        ("host=h password=hunter2 hunter2", "neither"),
        ("Host=h;Username=u;Password=hunter2;Database=d", "not an address"),
        ("host=h user=u dbname=d;password=hunter2", "not an address"),
        ("host=u:hunter2@h dbname=d", "wrong host"),
        ("postgresql://h/d;user=u;password=hunter2", "not an address"),
        ("postgresql://u:hunter2@h/d&sslmode=require", "not an address"),
        ("postgresql://u:hunter2@h/d;sslmode=require", "not an address"),
        ("postgresql://u:hunter2@h/d?sslmode=require;channel_binding=require", "wrong “sslmode”"),
        ("postgresql://u:hunter2@h/d?sslmode=require&amp;connect_timeout=5", "not known"),
        ("host=h password='hunter2", "neither"),
        ("postgresql://u:hunter2@h/d?foo=1", "“foo”, which is not known"),
        ("postgresql://u:hunter2@h/d?sslmode=require&search_path=x", "“search_path”"),
        ("postgresql://h/d?password=a&hunter2=c", "write %26 for &"),
        ("host=h password=a hunter2=c", "write %26 for &"),
        ("postgresql://h/d?user=u&password=a&b@hunter2", "write %26 for &"),
        ("postgresql://u:hunter2@h/d?sslmode", "“sslmode” without a value"),
        ("postgresql://u:hunter2@h/d?sslmode=", "“sslmode” without a value"),
        ("postgresql://u:hunter2@h/d?sslmode=requird", "wrong “sslmode”: it is one of"),
        ("postgresql://u:hunter2@h/d?sslmode=require&sslmode=disable", "“sslmode” twice"),
        ("postgresql://u:hunter2@h/d?ssl=true&sslmode=disable", "“sslmode” twice"),
        ("postgresql://u:hunter2@h/d?password=other", "“password” twice"),
        ("postgresql://u:hunter2@h/d?host=other", "“host” twice"),
        ("postgresql://u:hunter2@h/d?sslrootcert=/ca.pem", "nothing checks"),
        ("postgresql://u:hunter2@h/d?sslmode=prefer&sslrootcert=/ca.pem", "nothing checks"),
        ("postgresql://u:hunter2@h/d?sslmode=require&sslrootcert=system", "verify-full"),
        ("postgresql://u:hunter2@h/d?require_auth=scram-sha-256", "cannot keep"),
        ("postgresql://u:hunter2@h/d?requirepeer=postgres", "cannot keep"),
        ("postgresql://u:hunter2@h/d?gssencmode=require", "cannot keep"),
        ("postgresql://u:hunter2@h/d?schema=crm", "search_path"),
        ("postgresql://u:hunter2@h/d?sslaccept=strict", "sslmode=verify-full"),
        ("postgresql://u:hunter2@h/d?hostaddr=10.0.0.1", "as the host"),
        ("postgresql://u:hunter2@h/d?service=x", "write out"),
        ("postgresql://u:hunter2@h/d?client_encoding=WIN1251", "cannot keep"),
        ("postgresql://u:hunter2@h/d?target_session_attrs=standby", "one of any, primary"),
        ("postgresql://u:hunter2@h/d?connect_timeout=soon", "a whole number"),
        ("postgresql://u:hunter2@h/d?keepalives=yes", "a whole number"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_shown(text: str, words: str) -> None:
    with pytest.raises(DsnError) as caught:
        Dsn.parse(text)
    assert words in str(caught.value)
    assert "hunter2" not in f"{caught.value} {caught.value!r}"
