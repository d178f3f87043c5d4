"""The records in docs/decisions are short, of one form, and all in the index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
MOST_LINES = 40


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_short_and_has_the_four_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert text.startswith(f"# {path.name[:4]}. ")
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts == ["Context", "Decision", "What was tried", "Consequence"]


def test_the_index_lists_each_record_by_number_and_title() -> None:
    listed = re.findall(
        r"^\* \[(\d{4})\]\((.+)\) (.+)$", (FOLDER / "README.md").read_text("utf-8"), re.M
    )
    titles = [path.read_text("utf-8").split("\n", 1)[0].split(". ", 1)[1] for path in RECORDS]
    assert listed == [
        (f"{n:04}", path.name, title)
        for n, (path, title) in enumerate(zip(RECORDS, titles, strict=True), 1)
    ]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_file_that_a_record_names_exists(path: Path) -> None:
    named = re.findall(r"`([\w/]+/[\w/]+(?:\.\w+)?)`", path.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", [*RECORDS, FOLDER / "README.md"], ids=lambda path: path.stem)
def test_what_a_record_links_to_is_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
        assert (FOLDER / target).exists(), target
