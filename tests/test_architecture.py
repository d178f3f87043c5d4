"""ARCHITECTURE.md is short, and what it says of rooms, files and dependencies is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MOST_WORDS = 1_000


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def column(text: str) -> list[list[str]]:
    """The first cell of each row of a table, as the names in it."""
    rows = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)[1:]
    return [re.split(r", ", cell.replace("`", "")) for cell in rows if set(cell) != {"-"}]


def layers(name: str) -> list[set[str]]:
    """The layers of one package, from the top, as import-linter holds them."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (found,) = [c for c in contracts if c.get("containers") == [name] and c["type"] == "layers"]
    return [set(re.split(r" *[|:] *", layer)) for layer in found["layers"]]


def test_the_page_is_short() -> None:
    assert len(PAGE.split()) <= MOST_WORDS


@pytest.mark.parametrize("package", ["bot", "sender"])
def test_the_rooms_stand_in_the_order_that_the_contracts_hold(package: str) -> None:
    rooms = [
        {name.removeprefix(f"{package}/") for name in names}
        for names in column(section("The rooms"))
        if names[0].startswith(f"{package}/")
    ]
    folders = {p.parent.name for p in (ROOT / package).glob("*/__init__.py")} - {"locales"}
    held = [layer & folders for layer in layers(package) if layer & folders]
    assert rooms == held


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+(?:\.\w+)?)`", PAGE))))
def test_what_the_page_names_exists(name: str) -> None:
    if "/" in name or "." in name:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", PAGE))))
def test_what_the_page_links_to_exists(target: str) -> None:
    assert (ROOT / target).exists(), target


def test_every_dependency_is_explained() -> None:
    listed = {name for names in column(section("Dependencies")) for name in names}
    declared = {re.match(r"[\w-]+", line)[0] for line in PROJECT["project"]["dependencies"]}  # type: ignore[index]
    assert listed == declared
