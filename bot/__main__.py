"""The command line: `predlagator run`, `sender`, `login`, `rekey`. An error is one sentence."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Coroutine
from typing import Any

from bot.app import MAIN, CannotRun, login, rekey, run, send
from bot.process.logs import log_to_stderr
from bot.process.private_files import prepare_data_dir, warn_of_readable_files
from bot.settings import Settings, SettingsError, load_settings
from db.models.errors import DataError

BAD_SETTINGS, BAD_START = 2, 1


def main() -> None:
    """Run the command of sys.argv. Exit with 2 for wrong settings, 1 for another error."""
    parser = argparse.ArgumentParser(
        prog="predlagator", description="A Telegram campaign bot: each message exactly once."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser(
        "run", help="the bot, the clock and the sender, until SIGTERM or Ctrl-C"
    )
    running.add_argument("--name", type=_name, default=MAIN, help="of this process")
    sending = commands.add_parser("sender", help="the clock and the sender only, beside a `run`")
    sending.add_argument("--name", type=_name, required=True, help="of this process")
    commands.add_parser("login", help="connect a sender account: phone, code, password")
    commands.add_parser("rekey", help="seal the accounts' sessions under a new SECRET_KEY")
    asked = parser.parse_args()
    try:
        settings = load_settings()
        log_to_stderr(settings.log_level if "name" in asked else "WARNING", _secrets(settings))
        prepare_data_dir(settings)
        warn_of_readable_files(settings)
        asyncio.run(_command(asked, settings))
    except SettingsError as error:
        _say("Predlagator cannot start with these settings:", *error.sentences)
        sys.exit(BAD_SETTINGS)
    except (CannotRun, DataError) as error:
        _say(str(error))
        sys.exit(BAD_START)
    except KeyboardInterrupt:
        sys.exit(130)


def _command(asked: argparse.Namespace, settings: Settings) -> Coroutine[Any, Any, None]:
    match asked.command:
        case "run":
            return run(settings, asked.name)
        case "sender":
            return send(settings, asked.name)
        case "login":
            return login(settings)
        case _:
            return rekey(settings)


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", text):
        raise argparse.ArgumentTypeError("a name is made of a–z, 0–9 and -, up to 40 of them")
    return text


def _secrets(settings: Settings) -> list[str]:
    given = (
        settings.bot_token,
        settings.api_hash,
        settings.secret_key,
        settings.new_secret_key,
    )
    passwords = [] if settings.database_url is None else settings.database_url.secrets
    return [secret.get_secret_value() for secret in given if secret is not None] + passwords


def _say(*lines: str) -> None:
    sys.stderr.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
