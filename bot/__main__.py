"""The console: `predlagator run` and `predlagator login`. Faults are sentences, not tracebacks."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.app import CannotRun, login, run
from bot.logs import log_to_stderr
from bot.settings import Settings, SettingsError, load_settings
from db.models.errors import DataError

BAD_SETTINGS, BAD_START = 2, 1


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="predlagator", description="A Telegram campaign bot: each message exactly once."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="the bot, the clock and the sender, until SIGTERM or Ctrl-C")
    commands.add_parser("login", help="connect a sender account: phone, code, password")
    asked = parser.parse_args()
    try:
        settings = load_settings()
        log_to_stderr(
            settings.log_level if asked.command == "run" else "WARNING", _secrets(settings)
        )
        asyncio.run(run(settings) if asked.command == "run" else login(settings))
    except SettingsError as error:
        _say("Predlagator cannot start with these settings:", *error.sentences)
        sys.exit(BAD_SETTINGS)
    except (CannotRun, DataError) as error:
        _say(str(error))
        sys.exit(BAD_START)
    except KeyboardInterrupt:
        sys.exit(130)


def _secrets(settings: Settings) -> list[str]:
    given = (settings.bot_token, settings.api_hash, settings.secret_key, settings.database_url)
    return [secret.get_secret_value() for secret in given if secret is not None]


def _say(*lines: str) -> None:
    sys.stderr.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
