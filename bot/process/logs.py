"""The log: its destination and format, with secrets replaced."""

from __future__ import annotations

import logging
import sys

LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
QUIET = ("telethon", "apscheduler", "aiogram.event")


class _Redactor(logging.Formatter):
    """Formats a record and replaces the secrets in it."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__(LINE)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "•••")
        return line


def log_to_stderr(level: str, secrets: list[str]) -> None:
    """Log at `level` to stderr, with each of `secrets` replaced by dots."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redactor([secret for secret in secrets if secret]))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
