"""`.env` is read in any encoding an editor saves, and `docker --env-file` means the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.env_file import EnvFileError, read_env_file, unquoted
from bot.settings import Settings, SettingsError, load_settings

LINES = """# Настройки
BOT_TOKEN="123456789:AAabcdefghijklmnopqrstuvwxyz0123456"   # from @BotFather
export API_ID=12345  # a comment
API_HASH='0123456789abcdef0123456789abcdef'\t
OWNER_ID = 42
DATABASE_URL="postgresql://u:p#1@h/d"
SECRET_KEY="0123456789 # abcdefghijklmnopqrstuvwxyz"
NEW_SECRET_KEY=
ZONE= # as it is
"""


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_the_file_is_read_as_editors_save_it(encoding: str, newline: str) -> None:
    text = LINES if encoding.startswith("utf-16-") else "\n" + LINES
    if encoding.startswith("utf-16-"):
        text = text.replace("# Настройки", "# Settings")
    Path(".env").write_bytes(text.replace("\n", newline).encode(encoding))
    settings = load_settings()
    assert (settings.api_id, settings.owner_id) == (12345, 42)
    assert settings.bot_token.get_secret_value().startswith("123456789:")
    assert settings.database_url is not None
    assert settings.database_url.password == "p#1"
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value().startswith("0123456789 # abc")
    assert (settings.new_secret_key, settings.zone) == (None, "UTC")


def test_comments_may_be_in_any_encoding() -> None:
    Path(".env").write_bytes(LINES.encode("cp1251"))
    assert load_settings().owner_id == 42


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("OWNER_ID=42\nDATA_DIR=данные\n".encode("cp1251"), "line 2"),
        (b"OWNER_ID=42\n" + "API_ID=1\n".encode("utf-16-le"), "not in one encoding"),
        ("OWNER_ID=42\n".encode("utf-16") + b"A", "save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(content: bytes, words: str) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    (sentence,) = caught.value.sentences
    assert sentence.startswith(".env")
    assert words in sentence


def test_a_folder_is_no_file() -> None:
    Path(".env").mkdir()
    with pytest.raises(EnvFileError, match="Is a directory"):
        read_env_file(Path(".env"))


def test_the_environment_comes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(LINES, encoding="utf-8")
    monkeypatch.setenv("OWNER_ID", "43")
    monkeypatch.setenv("API_ID", "")  # empty: as if it were unset
    settings = load_settings()
    assert (settings.owner_id, settings.api_id) == (43, 12345)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("x", "x"),
        ('"x"', "x"),
        ("'x'", "x"),
        (' "x" # comment', "x"),
        ("x # comment", "x"),
        ("x\r", "x"),
        ("x#y", "x#y"),
        ('"x # y"', "x # y"),
        ('"x', '"x'),
        ("'a'b", "'a'b"),
        ('""', ""),
        ("# comment", ""),
        ("a b", "a b"),
        ("${HOME} # comment", "${HOME}"),
        ("a\nb", "a\nb"),
    ],
)
def test_a_literal_value_means_what_its_line_means(given: str, meant: str) -> None:
    assert unquoted(given) == meant


def test_what_docker_passes_gives_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--env-file` cuts each line at its first = and keeps the rest literally."""
    lines = LINES.replace("export ", "").replace(" = ", "=")
    Path(".env").write_text(lines, encoding="utf-8")
    from_file = load_settings()
    Path(".env").unlink()
    for line in lines.splitlines():
        if not line.startswith("#"):
            monkeypatch.setenv(*line.split("=", 1))
    assert load_settings() == from_file


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("ZONE", "+5:30", "Asia/Kolkata"),
        ("ZONE", "UTC+3", "Etc/GMT-3"),
        ("ZONE", "GMT+3", "Etc/GMT-3"),
        ("ZONE", "Moscow", "Europe/Moscow"),
        ("ZONE", "MSK", "Europe/Moscow"),
        ("ZONE", '"Europe/Moscow" # ours', "Europe/Moscow"),
        ("REGION", "ru", "RU"),
        ("LOG_LEVEL", "debug", "DEBUG"),
    ],
)
def test_a_value_is_taken_where_its_meaning_is_certain(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, taken: str
) -> None:
    Path(".env").write_text(LINES, encoding="utf-8")
    monkeypatch.setenv(name, given)
    assert getattr(load_settings(), name.lower()) == taken


@pytest.mark.parametrize("given", ["CST", "+12:45", "+15", "Mars", "3", "+3:61"])
def test_an_uncertain_zone_is_told_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    Path(".env").write_text(LINES, encoding="utf-8")
    monkeypatch.setenv("ZONE", given)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    (sentence,) = caught.value.sentences
    assert sentence.startswith("ZONE cannot be used")
    assert "Europe/Moscow" in sentence
    assert "+5:30" in sentence
