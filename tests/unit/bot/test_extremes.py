"""Every screen with extreme values: names of 4000 characters, a hundred of everything."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.drafts import refusals, review
from bot.drafts.view_model import Problem
from bot.reports.screens import caption
from bot.ui.buttons import LIMIT_BYTES, Press
from bot.ui.campaign_lines import account_lines
from bot.ui.formatting import LONGEST_SHOWN, listed
from bot.ui.i18n import LANGUAGES, Markup, Translator
from bot.ui.screen import MOST_KEYS, Screen, fitted
from db.models.account import Account, AccountStatus
from db.models.draft import Audience, Gap, Unusable
from db.models.template import MOST_IN_CAPTION, MOST_IN_TEXT, utf16_length
from tests.unit.bot import examples, gallery
from tests.unit.bot.examples import ACCOUNT, EN, LISTS, NOW, PROGRESS, REVIEW

MANY = 100
LETTERS = ("я", "&", "<b>", "😀", "\U0001f468\u200d", "a ", "\n")
ZONE = ZoneInfo("Asia/Yekaterinburg")
KEPT = {"zone", "language", "encoding", "delimiter", "status", "role", "basis", "event", "type"}
COUNTED = {"accounts", "contact_lists", "reasons", "gaps", "caps", "fields", "titles", "templates"}


def inflated(value: Any, letters: str, name: str = "") -> Any:
    """The value with names and texts of 4000 characters and a hundred of what a screen lists."""
    if isinstance(value, str) and type(value) is str and name not in KEPT:
        return (letters * 4000)[:4000]
    if isinstance(value, tuple):
        several = tuple(inflated(one, letters, name) for one in value)
        return several * MANY if name in COUNTED and len(several) < MANY else several
    if isinstance(value, dict):
        return {
            key: inflated(one, letters, "basis" if key == "basis" else "") if key else one
            for key, one in value.items()
        }
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: inflated(getattr(value, field.name), letters, field.name)
            for field in fields(value)
        }
        return replace(value, **changed)
    return value


@dataclass
class _Tags(HTMLParser):
    """Collects the tags that are open, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> str:
    """The text that Telegram shows of its HTML, which must be whole."""
    tags = _Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags.text


def check(screen: Screen) -> None:
    assert parsed(screen.text).strip()
    assert utf16_length(screen.text) <= MOST_IN_TEXT
    keys = [key for row in screen.keys for key in row]
    assert len(keys) <= MOST_KEYS
    for key in keys:
        assert 0 < len(key.text) <= 80
        assert not key.text.count("&lt;") + key.text.count("&amp;"), "a label is no HTML"
        assert len(key.press.pack().encode()) <= LIMIT_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letters", LETTERS)
def test_every_screen_with_extreme_values_can_be_shown(
    monkeypatch: pytest.MonkeyPatch, letters: str, language: str
) -> None:
    for name in vars(examples):
        if name.isupper() and name in vars(gallery) and name not in ("NOW", "ADMIN", "SECOND_PAGE"):
            monkeypatch.setattr(gallery, name, inflated(getattr(examples, name), letters))
    screens = gallery.all_screens(Translator(language, ZONE))
    assert len(screens) > 100
    for screen in screens:
        check(screen)


def largest(kind: type[Press]) -> list[Press]:
    """The press with the largest values that its fields take."""
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        match str(field.type):
            case "int":
                values[field.name] = 2**63 - 1 if field.name.endswith("_id") else 99_999
            case "bool":
                values[field.name] = False
            case _:
                return []  # words: the gallery has them
    try:
        return [kind(**values)]
    except ValueError:
        return []


def test_every_press_with_the_largest_ids_fits() -> None:
    presses = [press for kind in Press.__subclasses__() for press in largest(kind)]
    assert len(presses) > 30
    for press in presses:
        assert len(press.pack().encode()) <= LIMIT_BYTES


# --- what is left out is said -------------------------------------------------------

ALL = replace(
    REVIEW,
    contact_lists=tuple(replace(LISTS[0], name=f"List {n}") for n in range(17)),
    accounts=tuple(
        replace(ACCOUNT, name=f"Sender {n}", resting_until=None, limited_until=NOW.replace(day=9))
        for n in range(17)
    ),
    gaps=tuple(Gap(f"field_{n}", "", 3) for n in range(17)),
    unusable=Unusable(tuple(f"Gone {n}" for n in range(17)), ("Busy",), "Old offer"),
    audience=Audience(0, 0, 0),
)


def test_a_review_of_many_names_some_and_counts_the_rest() -> None:
    text = parsed(review.review(EN, ALL).text)
    assert "(List 0, List 1, List 2, List 3, List 4 and 12 more)" in text
    assert "From: Sender 4" in text
    assert "From: Sender 5" not in text
    assert "and 12 more accounts" in text
    assert "12 more fields are empty for some people." in text
    assert "Gone 4 and 12 more: deleted. Take it off under “People”." in text
    assert "Busy: still being saved." in text
    assert "Old offer: deleted. Choose another under “Message”." in text


def test_a_review_with_something_deleted_has_no_start() -> None:
    assert {Problem.LISTS_DELETED, Problem.LISTS_UNSAVED, Problem.TEMPLATE_DELETED} <= set(
        ALL.problems
    )
    for unusable in (
        Unusable(deleted_lists=("May",)),
        Unusable(unsaved_lists=("May",)),
        Unusable(deleted_template="Offer"),
    ):
        found = replace(REVIEW, unusable=unusable)
        assert len(found.problems) == 1
        labels = [key.text for row in review.review(EN, found).keys for key in row]
        assert not any("Start" in label for label in labels)
        why = refusals.why_not(EN, unusable)
        assert why.startswith("Not started: ")
        assert len(why) <= 200
    assert any("Start" in key.text for row in review.review(EN, REVIEW).keys for key in row)


def test_a_toast_is_plain_text() -> None:
    assert "A & B <1> and 1 more" in refusals.why_not(EN, Unusable(("A & B <1>", "C")))
    assert refusals.is_deleted(EN, "A & B").startswith("A & B was deleted")


def test_accounts_that_wait_are_named_and_the_rest_counted() -> None:
    waiting: list[Account] = [replace(ACCOUNT, name=f"S{n}") for n in range(8)]
    assert {account.status for account in waiting} == {AccountStatus.RESTING}
    lines = account_lines(EN, waiting, NOW)
    assert len(lines) == 6
    assert lines[-1] == "and 3 more accounts"


def test_names_in_a_row_are_cut_and_counted() -> None:
    assert listed(EN, ["May", "June"]) == "May, June"
    many = listed(EN, ["<" * 4000] * 7)
    assert many.endswith(" and 2 more")
    assert len(many) < 6 * LONGEST_SHOWN
    assert EN("{names}", names=listed(EN, ["a < b"] * 6)) == ("a &lt; b, " * 5)[:-2] + " and 1 more"


def test_a_caption_fits() -> None:
    campaign = replace(PROGRESS.campaign, name="&" * 4000)
    assert utf16_length(parsed(caption(EN, replace(PROGRESS, campaign=campaign)))) < MOST_IN_CAPTION


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 10, "short"),
        ("a" * 11, 10, "a" * 9 + "…"),
        ("<b>" + "a" * 20 + "</b>", 15, "<b>" + "a" * 7 + "…</b>"),
        ("<b>a</b>bcdefghijk", 12, "<b>a</b>bcd…"),
        ("aaaaaa&amp;bbbbbb", 10, "aaaaaa…"),
        ("😀" * 10, 10, "😀" * 4 + "…"),
        ("<b><i>abcdefghij</i></b>", 19, "<b><i>abcd…</i></b>"),
    ],
)
def test_a_text_is_cut_between_characters_and_its_tags_closed(
    text: str, most: int, expected: str
) -> None:
    assert fitted(text, most) == expected
    assert utf16_length(expected) <= most


def test_a_long_value_is_cut_but_not_our_own_markup() -> None:
    assert len(EN("{name}", name="a" * 4000)) == 600
    assert len(EN("{name}", name=Markup("a" * 4000))) == 4000
