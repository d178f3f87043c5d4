"""Every screen fits Telegram's limits and ours; lists are turned page by page."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import pytest

from bot.accounts.screens import PAGE_SIZE, accounts
from bot.ui.buttons import Press
from bot.ui.i18n import LANGUAGES, Translator
from bot.ui.navigation import OpenAccount, OpenAccounts, OpenTemplates
from bot.ui.pager import Page, turns
from bot.ui.screen import MOST_KEYS
from tests.unit.bot.examples import ACCOUNTS, EN, NOW
from tests.unit.bot.gallery import all_screens

BOT = Path(__file__).parents[3] / "bot"


def screen_functions() -> set[tuple[str, str]]:
    """(module, name) of every public function that returns a Screen, read without importing."""
    return {
        (".".join(path.relative_to(BOT.parent).with_suffix("").parts), node.name)
        for path in BOT.rglob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and isinstance(node.returns, ast.Name)
        and node.returns.id == "Screen"
        and not node.name.startswith("_")
    }


def test_the_gallery_has_every_screen() -> None:
    called: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called.add((frame.f_globals.get("__name__", ""), frame.f_code.co_name))

    sys.setprofile(note)
    try:
        all_screens(EN)
    finally:
        sys.setprofile(None)
    assert len(screen_functions()) > 50
    assert screen_functions() - called == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits_telegrams_limits_and_ours(language: str) -> None:
    for screen in all_screens(Translator(language, ZoneInfo("Europe/Moscow"))):
        keys = [key for row in screen.keys for key in row]
        assert 0 < len(screen.text.encode("utf-16-le")) // 2 <= 4096
        assert len(keys) <= MOST_KEYS, screen
        assert sum(key.style is not None for key in keys) <= 1
        assert all(key.press.pack() for key in keys)
        assert "<b>&" not in screen.text


def test_every_account_can_be_opened_page_by_page() -> None:
    opened: list[Press] = []
    offset = 0
    while True:
        page = Page.of(ACCOUNTS[offset:7], offset, PAGE_SIZE)
        rows = accounts(EN, page, NOW).keys
        opened += [key.press for row in rows[:-1] for key in row]
        onward = [key.press for key in rows[-1] if key.text == "Older ›"]
        if not onward:
            break
        assert isinstance(onward[0], OpenAccounts)
        offset = onward[0].offset
    assert opened == [OpenAccount(one.id) for one in ACCOUNTS[:7]]


@pytest.mark.parametrize(
    ("count", "offset", "shown", "turned_to"),
    [
        (0, 0, "", []),
        (3, 0, "abc", []),
        (4, 0, "abc", [3]),
        (7, 3, "def", [0, 6]),
        (7, 6, "g", [3]),
        (7, 1, "bcd", [0, 4]),
        (2, 9, "", [6]),  # the list has become shorter since
    ],
)
def test_a_page_and_its_turns(count: int, offset: int, shown: str, turned_to: list[int]) -> None:
    page = Page.of("abcdefg"[offset:count], offset, 3)
    assert "".join(page.items) == shown
    presses = [key.press for key in turns(EN, page, OpenTemplates)]
    assert presses == [OpenTemplates(to) for to in turned_to]
    assert page.is_empty_list is (count == 0)
