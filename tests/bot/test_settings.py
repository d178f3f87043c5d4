"""Each fault of the environment becomes one sentence, which never shows a secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings

GOOD = {
    "BOT_TOKEN": "123456789:AAabcdefghijklmnopqrstuvwxyz0123456",
    "API_ID": "12345",
    "API_HASH": "0123456789abcdef0123456789abcdef",
    "OWNER_ID": "42",
}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def say(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in {**GOOD, **values}.items():
        monkeypatch.setenv(name, value)


def test_the_four_required_values_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch)
    assert load_settings().owner_id == 42


def test_each_missing_value_is_one_sentence() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [line.split()[0] for line in caught.value.sentences] == list(GOOD)
    assert all("is missing" in line for line in caught.value.sentences)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "secret-but-no-token"),
        ("API_ID", "many"),
        ("API_HASH", "not a hash"),
        ("OWNER_ID", "@anna"),
        ("DATABASE_URL", "mysql://root:hunter2@localhost/x"),
        ("ZONE", "Mars/Olympus"),
        ("TELEGRAM_DC_PORT", "99999"),
        ("TELEGRAM_SERVER_KEY", "/no/such/file.pem"),
        ("REGION", "Russia"),
    ],
)
def test_a_wrong_value_is_named_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    say(monkeypatch, **{name: value})
    with pytest.raises(SettingsError) as caught:
        load_settings()
    (sentence,) = caught.value.sentences
    assert sentence.startswith(name)
    if name != "TELEGRAM_SERVER_KEY":
        assert value not in sentence


def test_secrets_do_not_show_in_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, SECRET_KEY="0123456789abcdefghijklmnopqrstuvwxyz")
    shown = repr(load_settings())
    assert GOOD["BOT_TOKEN"] not in shown
    assert GOOD["API_HASH"] not in shown
    assert "0123456789abcdefghij" not in shown


def test_the_example_names_every_setting_and_no_other() -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_a_filled_example_is_accepted(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    for name, value in GOOD.items():
        example = re.sub(rf"^{name}=$", f"{name}={value}", example, flags=re.MULTILINE)
    (tmp_path / ".env").write_text(example, encoding="utf-8")
    assert load_settings().api_id == 12345


def test_the_key_is_made_once_and_only_the_owner_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch)
    first, again = load_settings().unlock(), load_settings().unlock()
    assert first == again
    assert len(first) == 64
    assert Path("data/secret.key").stat().st_mode & 0o777 == 0o600


def test_a_database_of_ones_own_needs_a_key_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, DATABASE_URL="postgresql://x@localhost/x")
    with pytest.raises(SettingsError, match="SECRET_KEY is missing"):
        load_settings().unlock()


@pytest.mark.parametrize("weak", ["short", "a" * 40, "change-me-change-me-change-me-change-me"])
def test_a_weak_key_is_refused(monkeypatch: pytest.MonkeyPatch, weak: str) -> None:
    say(monkeypatch, SECRET_KEY=weak)
    with pytest.raises(SettingsError, match="too weak"):
        load_settings().unlock()
