"""Both drivers get the same address, whatever is in it, and neither shows the password."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from db.dsn import Dsn
from db.models.errors import DatabaseDown
from db.pool import Database, open_database
from tests.db.fake_postgres import FakePostgres, fake_postgres


async def refused(dsn: Dsn) -> tuple[str, str]:
    """What each driver says when it is refused."""
    with pytest.raises(DatabaseDown) as first:
        await open_database(dsn)
    with pytest.raises(psycopg.OperationalError) as second:
        await asyncio.to_thread(psycopg.connect, **dsn.for_libpq(), connect_timeout=5)
    return str(first.value), str(second.value)


@pytest.mark.parametrize(
    ("raw", "password"),
    [
        ("100%", "100%"),
        ("p@ss/w?x=1", "p@ss/w?x=1"),
        ("p%40ss%25", "p@ss%"),
        ('it\'s \\ a "b" $x', 'it\'s \\ a "b" $x'),
        ("пароль&sslmode=disable", "пароль&sslmode=disable"),
    ],
)
async def test_both_drivers_log_in_alike(raw: str, password: str) -> None:
    async with fake_postgres() as fake:
        query = "pgbouncer=true&connection_limit=1&schema=public&channel_binding=prefer"
        text = f"postgresql://an%40na:{raw}@127.0.0.1:{fake.port}/my%20shop?{query}"
        said = await refused(Dsn.parse(text + "&connect_timeout=7&application_name=crm"))
    first, second = fake.logins
    for login in (first, second):
        names = ("user", "password", "database", "application_name")
        assert [login[name] for name in names] == ["an@na", password, "my shop", "crm"]
    assert "the user name or the password is wrong" in said[0]
    assert not any(fragment in words for words in said for fragment in (password, "p@ss", "100%"))


async def test_words_for_the_server_reach_it_from_both_drivers() -> None:
    async with fake_postgres() as fake:
        text = f"postgresql://u:p@127.0.0.1:{fake.port}/d?options=endpoint%3Dcool-name"
        await refused(Dsn.parse(text))
    assert [login["options"] for login in fake.logins] == ["endpoint=cool-name"] * 2


@pytest.mark.parametrize("sslmode", ["require", "verify-ca", "verify-full"])
async def test_no_password_is_sent_in_clear_where_tls_is_asked(
    sslmode: str, authority: Path
) -> None:
    async with fake_postgres() as fake:
        text = f"postgresql://u:p@127.0.0.1:{fake.port}/d?sslmode={sslmode}"
        said = await refused(Dsn.parse(f"{text}&sslrootcert={authority}"))
    assert fake.logins == []
    assert "Cannot reach the database at 127.0.0.1" in said[0]


@pytest.mark.parametrize(
    "query", ["channel_binding=require", "sslmode=verify-full&sslrootcert=system"]
)
async def test_a_server_that_proves_nothing_gets_no_password(query: str, tls: Path) -> None:
    async with fake_tls(tls) as fake:
        said = await refused(Dsn.parse(f"postgresql://u:p@127.0.0.1:{fake.port}/d?{query}"))
    assert fake.logins == []
    assert "its certificate does not prove who it is" in said[0]


async def test_a_server_that_proves_itself_gets_the_password(tls: Path, authority: Path) -> None:
    async with fake_tls(tls) as fake:
        query = f"sslmode=verify-full&sslrootcert={authority}"
        await refused(Dsn.parse(f"postgresql://u:p@127.0.0.1:{fake.port}/d?{query}"))
    assert [login["password"] for login in fake.logins] == ["p", "p"]


async def test_a_missing_file_is_named() -> None:
    text = "postgresql://u:hunter2@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=/no/ca.pem"
    with pytest.raises(DatabaseDown, match="sslrootcert"):
        await open_database(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("postgresql://u:hunter2@127.0.0.1:1/d", "nothing listens"),
        ("postgresql://u:hunter2@no-such-host.invalid/d", "no host of that name"),
        ("postgresql://u:hunter2@a..b/d", "cannot be used"),
    ],
)
async def test_why_it_is_not_reached_is_a_sentence(text: str, words: str) -> None:
    with pytest.raises(DatabaseDown) as caught:
        await open_database(text)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_a_real_server_is_reached_by_both(database: Database) -> None:
    """Also by the URL that another process gets."""
    for dsn in (database.dsn, Dsn.parse(database.dsn.url())):
        again = await open_database(dsn, connections=1)
        await again.close()
        connection = await asyncio.to_thread(psycopg.connect, **dsn.for_libpq())
        connection.close()


# --- certificates ------------------------------------------------------------------


def fake_tls(tls: Path) -> AbstractAsyncContextManager[FakePostgres]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls)
    return fake_postgres(context)


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(pem))
    return file


@pytest.fixture
def authority(tls: Path) -> Path:
    return tls
