"""The files that only the product's user should read: `.env`, and the key in DATA_DIR."""

from __future__ import annotations

import logging
import os
import shlex
from pathlib import Path

from bot.settings import ENV_FILE, NEXT_KEY_FILE, SECRET_KEY_FILE, Settings, SettingsError

log = logging.getLogger(__name__)

ANY_ACCESS, READ, SEARCH = 0o077, 0o044, 0o011  # of the group and of all others


def prepare_data_dir(settings: Settings) -> None:
    """Create DATA_DIR, closed to other users, unless it exists or is not used.

    Raise SettingsError when it cannot be created.
    """
    folder = settings.data_dir
    if settings.database_url is not None or folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"DATA_DIR cannot be created: {error}."]) from error


def warn_of_readable_files(settings: Settings) -> None:
    """Log a warning for each private file that other users of the machine can read."""
    folder = settings.data_dir
    for path, content in (
        (ENV_FILE, "the bot's token"),
        (folder / SECRET_KEY_FILE, "the key of the accounts' sessions"),
        (folder / NEXT_KEY_FILE, "the key of the accounts' sessions"),
    ):
        if _is_open(path, READ):
            log.warning(
                "%s, with %s, can be read by other users of this machine: chmod 600 %s",
                path.name,
                content,
                shlex.quote(str(path.resolve())),
            )
    if _is_open(folder, ANY_ACCESS):
        log.warning(
            "DATA_DIR can be opened by other users of this machine: chmod 700 %s",
            shlex.quote(str(folder.resolve())),
        )


def unlock(settings: Settings) -> str:
    """Return the secret key as `Settings.unlock`, and keep a new one through a power cut.

    Raise SettingsError also when its file cannot be read or written, or is damaged.
    """
    file = settings.data_dir / SECRET_KEY_FILE
    is_new = not file.exists()
    try:
        key = settings.unlock()
        if is_new and file.exists():
            _sync(file)
            _sync(file.parent)
    except OSError as error:
        raise SettingsError([f"The key in DATA_DIR cannot be used: {error}."]) from error
    except (SettingsError, ValueError) as error:
        if settings.secret_key is not None or not file.exists():
            raise
        raise SettingsError(
            [
                f"The key in {file} is damaged: put back a backup of it, or remove the file when "
                "no account is connected yet."
            ]
        ) from error
    return key


def _is_open(path: Path, access: int) -> bool:
    """Return whether the group or others have `access`, and a way through the folders above."""
    try:
        path = path.resolve()
        return bool(path.stat().st_mode & access) and all(
            folder.stat().st_mode & SEARCH for folder in path.parents
        )
    except OSError:
        return False


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
