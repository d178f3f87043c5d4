"""What other users of the machine can read is warned of; a damaged key is told in a sentence."""

from __future__ import annotations

import logging
import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.process.private_files import prepare_data_dir, unlock, warn_of_readable_files
from bot.settings import SECRET_KEY_FILE, Settings, SettingsError
from db.dsn import Dsn


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory of the product: every user finds the way to it."""
    for path in tmp_path.parents:
        if path.stat().st_mode & 0o055 != 0o055:
            path.chmod(path.stat().st_mode | 0o055)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(**more: Any) -> Settings:
    """Return settings as a checked environment with these gives them."""
    return Settings.model_construct(**{"data_dir": Path("data")} | more)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        warn_of_readable_files(settings())
    return [record.getMessage() for record in caplog.records]


def test_a_new_data_dir_is_closed_to_others(folder: Path) -> None:
    prepare_data_dir(settings())
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700


def test_a_data_dir_that_is_not_used_is_not_created(folder: Path) -> None:
    prepare_data_dir(settings(database_url=Dsn.parse("postgresql://localhost/shop")))
    assert list(folder.iterdir()) == []


def test_a_data_dir_that_cannot_be_created_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(SettingsError, match="DATA_DIR cannot be created"):
        prepare_data_dir(settings(data_dir=folder / "file" / "data"))


@pytest.mark.parametrize(("mode", "warned"), [(0o600, 0), (0o640, 1), (0o604, 1), (0o644, 1)])
@pytest.mark.parametrize("name", [".env", "data/secret.key", "data/secret.key.next"])
def test_a_file_that_others_can_read_is_warned_of(
    folder: Path, caplog: pytest.LogCaptureFixture, name: str, mode: int, warned: int
) -> None:
    (folder / "data").mkdir()
    (folder / "data").chmod(0o711)
    (folder / name).write_text("secret")
    (folder / name).chmod(mode)
    told = [line for line in warnings(caplog) if f"chmod 600 {folder / name}" in line]
    assert len(told) == warned
    folder.chmod(0o700)  # no way to it any more
    assert warnings(caplog) == []


@pytest.mark.parametrize(("mode", "warned"), [(0o700, 0), (0o750, 1), (0o705, 1), (0o777, 1)])
def test_a_data_dir_that_others_can_open_is_warned_of(
    folder: Path, caplog: pytest.LogCaptureFixture, mode: int, warned: int
) -> None:
    (folder / "data").mkdir()
    (folder / "data").chmod(mode)
    assert len([line for line in warnings(caplog) if "DATA_DIR can be opened" in line]) == warned


@pytest.mark.parametrize("torn", [b"", b"\0" * 65, b"\xff\xfe", b"0123abc"])
def test_a_torn_key_is_told_in_a_sentence(folder: Path, torn: bytes) -> None:
    prepare_data_dir(settings())
    (folder / "data" / SECRET_KEY_FILE).write_bytes(torn)
    with pytest.raises(SettingsError, match=r"secret.key is damaged: put back a backup"):
        unlock(settings())


def test_a_key_is_made_once(folder: Path) -> None:
    prepare_data_dir(settings())
    key = unlock(settings())
    assert unlock(settings()) == key
    assert stat.S_IMODE((folder / "data" / SECRET_KEY_FILE).stat().st_mode) == 0o600


def test_a_weak_key_of_the_operator_keeps_its_own_sentence() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY is too weak"):
        unlock(settings(secret_key=SecretStr("short")))
