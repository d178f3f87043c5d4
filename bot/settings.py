"""The settings of the environment and `.env`, read once.

Names and meanings are in `.env.example`. Each wrong or missing value becomes one sentence of
`SettingsError.sentences`, which never shows a secret.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_KEY_FILE = "secret.key"  # in DATA_DIR, for the embedded database
NEXT_KEY_FILE = "secret.key.next"  # while it is being changed
SHORTEST_SECRET_KEY = 32

_HINTS = {
    "BOT_TOKEN": "the bot's token, as @BotFather gives it: 123456789:AA…",
    "API_ID": "the number from my.telegram.org → API development tools",
    "API_HASH": "the 32 letters and digits from my.telegram.org → API development tools",
    "OWNER_ID": "your own Telegram user id, a number (@userinfobot tells it)",
    "DATABASE_URL": "like postgresql://user:password@host:5432/name",
    "TELEGRAM_DC_PORT": "a port number from 1 to 65535",
    "ZONE": "an IANA time zone like Europe/Moscow",
    "REGION": "a two-letter country code like RU",
}


class SettingsError(Exception):
    """The environment cannot be used; `sentences` says why, one line for each fault."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _shaped(pattern: str) -> AfterValidator:
    """Check a secret against `pattern` without quoting it in the error."""
    shape = re.compile(pattern)

    def check(secret: SecretStr) -> SecretStr:
        if not shape.fullmatch(secret.get_secret_value()):
            raise ValueError("wrong shape")
        return secret

    return AfterValidator(check)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("unknown zone")
    return name


class Settings(BaseSettings):
    """The checked values. Secrets are SecretStr: they do not appear in logs or in repr."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    bot_token: Annotated[SecretStr, _shaped(r"\d{5,}:[A-Za-z0-9_-]{20,}")]
    api_id: int = Field(gt=0)
    api_hash: Annotated[SecretStr, _shaped(r"[0-9a-fA-F]{32}")]
    owner_id: int = Field(gt=0)

    database_url: Annotated[SecretStr, _shaped(r"postgres(ql)?://.+")] | None = None
    data_dir: Path = Path("data")
    secret_key: SecretStr | None = None
    new_secret_key: SecretStr | None = None

    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    region: str = Field(default="RU", pattern=r"^[A-Z]{2}$")
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")

    telegram_bot_api_url: str | None = None
    telegram_dc_host: str | None = None
    telegram_dc_port: int = Field(default=443, ge=1, le=65535)
    telegram_server_key: Path | None = None

    @property
    def default_zone(self) -> ZoneInfo:
        """The installation's zone, for admins who chose none."""
        return ZoneInfo(self.zone)

    def unlock(self) -> str:
        """Return the secret key: SECRET_KEY, else the file in DATA_DIR, made at the first start.

        Raise SettingsError when DATABASE_URL is set without SECRET_KEY, or when the key is too
        short or a placeholder, which an attacker could guess.
        """
        if self.secret_key is not None:
            return strong(self.secret_key.get_secret_value())
        file = self.data_dir / SECRET_KEY_FILE
        if file.exists():
            return strong(file.read_text(encoding="ascii").strip())
        if self.database_url is not None:
            raise SettingsError(
                [
                    "SECRET_KEY is missing: with a database of your own it is yours to keep. "
                    "Make one with: openssl rand -hex 32"
                ]
            )
        self.data_dir.mkdir(parents=True, exist_ok=True)
        key = secrets.token_hex(32)
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(key + "\n", encoding="ascii")
        return key

    def next_key(self) -> str | None:
        """Return the key that `rekey` changes to: NEW_SECRET_KEY; None when it must be asked for.

        When the key is a file in DATA_DIR, the next key is a file beside it until every session
        is sealed with it, so that an interrupted change is completed with the same key.
        """
        given = self.new_secret_key
        key = None if given is None else strong(given.get_secret_value(), "NEW_SECRET_KEY")
        if self.secret_key is not None:
            return key
        file = self.data_dir / NEXT_KEY_FILE
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text((key or secrets.token_hex(32)) + "\n", encoding="ascii")
        return strong(file.read_text(encoding="ascii").strip())

    def adopt_next_key(self) -> bool:
        """Replace the key by the next one. False: the operator must change SECRET_KEY."""
        if self.secret_key is not None:
            return False
        (self.data_dir / NEXT_KEY_FILE).replace(self.data_dir / SECRET_KEY_FILE)
        return True


def load_settings() -> Settings:
    """Read the environment and `.env`. Raise SettingsError with a sentence for each fault."""
    try:
        settings = Settings.model_validate({})
    except ValidationError as error:
        raise SettingsError([_sentence(fault) for fault in error.errors()]) from None
    if (key := settings.telegram_server_key) is not None and not key.is_file():
        raise SettingsError([f"TELEGRAM_SERVER_KEY names no file: {key}"])
    return settings


def strong(key: str, name: str = "SECRET_KEY") -> str:
    """Return the key. Raise SettingsError when it is short, simple or a placeholder."""
    if len(key) < SHORTEST_SECRET_KEY or len(set(key)) < 8 or "change" in key.lower():
        raise SettingsError(
            [
                f"{name} is too weak: at least {SHORTEST_SECRET_KEY} random characters. "
                "Make one with: openssl rand -hex 32"
            ]
        )
    return key


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)
    name = str(fault["loc"][0]).upper()
    what = "is missing" if fault["type"] == "missing" else "cannot be used"
    hint = _HINTS.get(name)
    return f"{name} {what}" + (f": it is {hint}." if hint else f": {fault['msg']}.")
