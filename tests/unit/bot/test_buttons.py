"""Buttons: what is packed parses back, and nothing else does."""

from __future__ import annotations

import pkgutil
import random
from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from importlib import import_module
from typing import Any, Literal, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest

import bot
from bot.ui.buttons import LARGEST_INT, LIMIT_BYTES, Press
from bot.ui.i18n import Translator
from tests.unit.bot.gallery import all_screens

for found in pkgutil.walk_packages(bot.__path__, "bot."):
    if found.name.endswith((".presses", ".navigation")):
        import_module(found.name)

KINDS = sorted(Press.__subclasses__(), key=lambda kind: kind.__name__)
NAMED: dict[str, Sequence[Any]] = {  # fields that not every value of their type fits
    "zone": ["Europe/Moscow", "America/Argentina/ComodRivadavia", "UTC"],
    "encoding": ["cp1251", "mac-cyrillic"],
    "count": [1, 20, 999_999],
    "seconds": [1, 60, 3600],
    "offset": [0, 4, 10**6],
}
INTS = [0, 1, 7, 10**9, LARGEST_INT]
# Buttons that the version before has sent: they are still in admins' chats.
OLD = """home:0:show home:0:cancel home:0:settings home:0:zones home:0:language:ru
home:0:zone:Europe/Moscow c:0:page c:8:page c:42:show c:42:pause c:42:resume c:42:stop c:42:stopped
c:42:report c:42:file b:0:new b:42:step:lists b:42:step:lists.4 b:42:step:template e:42:step:rate
e:42:step:hours e:42:step:review b:42:put:5.0 e:42:drop:5.12 b:42:template:3 e:42:account:3
b:42:with:3.0 b:42:without:3.4 b:42:rate:20/60 e:42:rate:2/1 b:42:rate:500/3600 b:42:other_rate
e:42:mode:dry_run b:42:mode:live e:42:quiet:on e:42:often:off e:42:discard e:42:discarded e:42:start
l:0:page l:5:show l:5:ask_delete l:5:delete t:10:page t:5:show t:5:ask_delete t:5:delete t:0:new
t:0:another t:0:name t:0:keep a:0:page a:5:show a:5:caps a:5:release o:0:show o:0:ask_line
o:0:own_line o:5:stop o:5:go_on u:7:look u:7:columns u:7:columns:2 u:7:turn:3 u:7:letters
u:7:encode:utf-8-sig u:7:check u:7:why u:7:basis:own_channel u:7:keep u:7:save u:7:drop""".split()


def values(name: str, kind: Any) -> Sequence[Any]:
    if name in NAMED:
        return NAMED[name]
    if kind is int:
        return INTS
    if kind is bool:
        return [True, False]
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    assert isinstance(kind, type)
    assert issubclass(kind, StrEnum)
    return list(kind)


def examples(kind: type[Press], count: int = 50) -> list[Press]:
    dice, hints = random.Random(kind.__name__), get_type_hints(kind)
    return [
        kind(**{f.name: dice.choice(values(f.name, hints[f.name])) for f in fields(kind)})  # type: ignore[arg-type]
        for _ in range(count)
    ]


def parsed(data: str) -> list[Press]:
    return [press for kind in KINDS if (press := kind.parse(data)) is not None]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_packed_parses_back_and_is_of_one_kind_only(kind: type[Press]) -> None:
    for press in examples(kind):
        data = press.pack()
        assert 1 <= len(data.encode()) <= LIMIT_BYTES
        assert parsed(data) == [press]


@pytest.mark.parametrize("data", OLD)
def test_a_button_of_an_old_message_is_still_understood(data: str) -> None:
    (press,) = parsed(data)
    assert data.startswith(press.pack())  # a field at its default may be left out
    assert parsed(press.pack()) == [press]


@pytest.mark.parametrize(
    "data",
    ["", "c", "c:", "c::pause", "c:-1:pause", "c:1e3:pause", "c:٣:pause", "c:1:pause\n",
     "c:1:pause:2", "u:7", "u:7:", f"c:{LARGEST_INT + 1}:pause", "c:" + "9" * 60,
     "b:1:rate:0/60", "b:1:rate:20/61",
     "b:1:rate:9999999/60", "b:1:mode:loud", "b:1:put:x", "b:1:put:1.", "x:1:step:rate",
     "b:1:step:nowhere", "e:1:quiet:yes", "u:1:encode:rot13", "u:1:basis:none", "u:1:turn:-1",
     "home:0:zone:Mars/Olympus", "home:0:language:de", "C:1:PAUSE"],
)  # fmt: skip
def test_stale_and_forged_data_are_of_no_kind(data: str) -> None:
    assert parsed(data) == []


def test_garbage_never_raises() -> None:
    dice = random.Random(7)
    letters = [*"cbelthaou:./0123456789", "page", "show", "step", "\0", "é", "٣", "𝟜", "\n"]
    for _ in range(3_000):
        parsed("".join(dice.choices(letters, k=dice.randrange(24))))
    for data in OLD:  # and what is nearly right
        for _ in range(30):
            place = dice.randrange(len(data))
            parsed(data[:place] + dice.choice(letters) + data[place + dice.randrange(2) :])


def test_what_would_not_parse_is_not_packed() -> None:
    class Note(Press, data="x:{text}:{n}"):
        text: str
        n: int

    assert Note("a", 1).pack() == "x:a:1"
    for bad in (Note("a:b", 1), Note("a" * 64, 1), Note("a", -1), Note("", 1)):
        with pytest.raises(ValueError, match="callback data"):
            bad.pack()


def test_a_record_that_forgets_a_field_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="n are not in 'x:0'"):

        class Note(Press, data="x:0"):
            n: int


def test_every_button_of_every_screen_is_of_one_kind() -> None:
    for screen in all_screens(Translator("en", ZoneInfo("UTC"))):
        for key in (key for row in screen.keys for key in row):
            assert parsed(key.press.pack()) == [key.press]
