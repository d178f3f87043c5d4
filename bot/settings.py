"""The settings of the environment and `.env`, read once.

Names and meanings are in `.env.example`. Each wrong or missing value becomes one sentence of
`SettingsError.sentences`, which never shows a secret.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.env_file import EnvFileError, read_env_file, unquoted
from bot.zone import parse_zone
from db.dsn import Dsn
from db.dsn_text import DsnError

ENV_FILE = Path(".env")
SECRET_KEY_FILE = "secret.key"  # in DATA_DIR, for the embedded database
NEXT_KEY_FILE = "secret.key.next"  # while it is being changed
SHORTEST_SECRET_KEY = 32

_HINTS = {
    "BOT_TOKEN": "the bot's token, as @BotFather gives it: 123456789:AA…",
    "API_ID": "the number from my.telegram.org → API development tools",
    "API_HASH": "the 32 letters and digits from my.telegram.org → API development tools",
    "OWNER_ID": "your own Telegram user id, a number (@userinfobot tells it)",
    "TELEGRAM_DC_PORT": "a port number from 1 to 65535",
    "ZONE": "a city (Moscow), an IANA time zone (Europe/Moscow) or a shift from UTC (+3, +5:30)",
    "REGION": "a two-letter country code like RU",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
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


def _dsn(text: str | None) -> Dsn | None:
    return None if text is None else Dsn.parse(text)


def _known_zone(typed: str) -> str:
    if (name := parse_zone(typed)) is None:
        raise ValueError("unknown zone")
    return name


class Settings(BaseSettings):
    """The checked values. Secrets do not appear in their repr."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    bot_token: Annotated[SecretStr, _shaped(r"\d{5,}:[A-Za-z0-9_-]{20,}")]
    api_id: int = Field(gt=0)
    api_hash: Annotated[SecretStr, _shaped(r"[0-9a-fA-F]{32}")]
    owner_id: int = Field(gt=0)

    database_url: Annotated[InstanceOf[Dsn] | None, BeforeValidator(_dsn), NoDecode] = None
    data_dir: Path = Path("data")
    secret_key: SecretStr | None = None
    new_secret_key: SecretStr | None = None

    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    region: Annotated[str, BeforeValidator(str.upper)] = Field("RU", pattern=r"^[A-Z]{2}$")
    log_level: Annotated[str, BeforeValidator(str.upper)] = Field(
        "INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$"
    )

    telegram_bot_api_url: str | None = None
    telegram_dc_host: str | None = None
    telegram_dc_port: int = Field(default=443, ge=1, le=65535)
    telegram_server_key: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment first, and `.env` for what is not set there; empty is unset."""
        environment = {name: unquoted(value) for name, value in env_settings().items()}
        given = read_env_file(ENV_FILE) | {name: v for name, v in environment.items() if v}
        return (InitSettingsSource(settings_cls, {name: v for name, v in given.items() if v}),)

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
    except EnvFileError as error:
        raise SettingsError([str(error)]) from None
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
    if isinstance(error := fault.get("ctx", {}).get("error"), DsnError):
        return f"{name} {error}."
    what = "is missing" if fault["type"] == "missing" else "cannot be used"
    hint = _HINTS.get(name)
    return f"{name} {what}" + (f": it is {hint}." if hint else f": {fault['msg']}.")
