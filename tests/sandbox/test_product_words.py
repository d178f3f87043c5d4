"""The sandbox imitates Telegram for any client: no word of the product occurs in its sources."""

from __future__ import annotations

import re
from pathlib import Path

SANDBOX = Path(__file__).parents[2] / "sandbox"
KINDS = (".py", ".js", ".html", ".css", ".svg")
SOURCES = sorted(path for path in SANDBOX.rglob("*") if path.suffix in KINDS)
WORDS = re.compile(
    r"campaign|predlagator|contact.?lists?|opt.?outs?\b|stop.?lists?\b|deliver(y|ies)|template|admin",
    re.IGNORECASE,
)
# Telegram's own terms (core.telegram.org/api/rights) and those of CSS.
ADMIN_OF_A_CHAT = re.compile(
    r"admin_rights|ChatAdminRights|Chat(nel)?ParticipantAdmin|ChannelParticipantAdmin"
    r"|CHAT_ADMIN_REQUIRED|member\.admin|_is_admin|\.admin\b|admin=True|admin: bool"
    r"|\badministrators?\b"
)
CSS_GRID = re.compile(r"grid-template(-\w+)?")


def words_of_the_product(text: str) -> list[str]:
    return [found[0] for found in WORDS.finditer(CSS_GRID.sub("", ADMIN_OF_A_CHAT.sub("", text)))]


def test_no_word_of_the_product_occurs() -> None:
    found = {
        str(path.relative_to(SANDBOX)): words_of_the_product(path.read_text("utf-8"))
        for path in SOURCES
    }
    assert {file: words for file, words in found.items() if words} == {}


def test_the_words_are_found_where_they_occur() -> None:
    text = "An admin starts a Campaign; opt_outs, contact-list, deliveries, templates"
    assert len(words_of_the_product(text)) == 6
    assert words_of_the_product("if member.admin: raise CHAT_ADMIN_REQUIRED") == []
