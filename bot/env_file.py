"""Reads the file `.env`, in whichever encoding an editor saved it.

The syntax is python-dotenv's. `docker --env-file` takes a value literally, with its quotes and
comment; `unquoted` makes of it what the same line means in a file.
"""

from __future__ import annotations

import codecs
import re
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

_MARKS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_AS_WRITTEN = re.compile(r"""\s*["'].*|.*\s#.*|#.*|\s.*|.*\s""", re.DOTALL)


class EnvFileError(Exception):
    """The file cannot be read. str() is a sentence."""


def read_env_file(path: Path) -> dict[str, str]:
    """Return the values by their names in lower case; nothing where there is no file.

    Raise EnvFileError.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise EnvFileError(f"{path} cannot be read: {error.strerror}.") from error
    found = dotenv_values(stream=StringIO(_decoded(content, path)))
    return {name.lower(): _without_comment(value) for name, value in found.items() if value}


def unquoted(value: str) -> str:
    """Return what `value` means after the `=` of a line: without quotes, comment and blanks."""
    if not _AS_WRITTEN.fullmatch(value):
        return value
    read = dotenv_values(stream=StringIO(f"value={value.strip()}\n"), interpolate=False)
    return _without_comment(read.get("value") or "") if len(read) == 1 else value.strip()


def _without_comment(value: str) -> str:
    """Return nothing for a comment right after the `=`, which python-dotenv takes as the value."""
    return "" if re.match(r"#\s", value) else value


def _decoded(content: bytes, path: Path) -> str:
    """Return the text of UTF-8, UTF-16 or UTF-32.

    Comments may be in any encoding: nothing reads them.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None and len(content) > 1 and 0 in content[:2]:
        encoding = "utf-16-le" if content[1] == 0 else "utf-16-be"
    try:
        text = content.decode(encoding or "utf-8-sig", "strict" if encoding else "surrogateescape")
    except UnicodeDecodeError as error:
        raise EnvFileError(f"{path} cannot be read: save it as UTF-8.") from error
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"[\x00\ud800-\udfff]", line) and not line.lstrip().startswith("#"):
            raise EnvFileError(f"{path} is not in one encoding (line {number}): save it as UTF-8.")
    return text
