"""What a button carries: a noun, an id, an act, at most one argument. Never state.

`c:42:pause` stays true after a restart, on any device, from any old message. Telegram allows 64
bytes.
"""

from __future__ import annotations

from typing import NamedTuple

LIMIT_BYTES = 64


class Press(NamedTuple):
    """A button pressed. `id` is 0 where the noun needs none."""

    noun: str
    id: int
    act: str
    argument: str = ""


def pack(noun: str, noun_id: int, act: str, argument: str = "") -> str:
    """The button's data; ValueError when it would not fit."""
    data = ":".join([noun, str(noun_id), act, *([argument] if argument else [])])
    if len(data.encode()) > LIMIT_BYTES:
        raise ValueError(f"Callback data over {LIMIT_BYTES} bytes: {data}")
    return data


def unpack(data: str) -> Press | None:
    """The press, or None when this is no button of ours."""
    noun, _, rest = data.partition(":")
    noun_id, _, rest = rest.partition(":")
    act, _, argument = rest.partition(":")
    if not (noun and act and noun_id.isascii() and noun_id.isdigit() and len(noun_id) < 19):
        return None
    return Press(noun, int(noun_id), act, argument)
