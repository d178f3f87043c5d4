"""The laws of the house that no linter knows. The law of imports is run by `make imports`."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "sender", "db", "sandbox", "demo", "benchmarks", "tests")
SOURCES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))
PRODUCT = [p for p in SOURCES if p.relative_to(ROOT).parts[0] in ("bot", "sender", "db")]
MOST_LINES = 250
DUST_BINS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def test_a_file_fits_into_one_head() -> None:
    lines = {name(p): len(text(p).splitlines()) for p in SOURCES}
    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}


def test_a_file_says_what_it_is_for() -> None:
    modules = ((name(p), tree(p)) for p in SOURCES)
    silent = [file for file, module in modules if module.body and not ast.get_docstring(module)]
    assert silent == [], "a module docstring is missing"


def test_no_file_is_a_dust_bin() -> None:
    assert [name(p) for p in SOURCES if p.stem in DUST_BINS] == []


def test_nothing_is_left_open() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    me = Path(__file__)
    assert [name(p) for p in SOURCES if p != me and mark.search(text(p))] == []


PRIVATE_WORDS = re.compile(
    r"\b(anew|who(?:so|m)?ever|befall\w*|befell|nobody|somebody|misfortunes?|mischief|nursery"
    r"|strays?|lest|albeit|hitherto|henceforth|for ever)\b",
    re.IGNORECASE,
)


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The docstrings and comments of a file, each with its line."""
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


def test_docstrings_and_comments_use_plain_words() -> None:
    """docs/glossary.md has the words; these belong to no field and made readers stop."""
    found = [
        f"{name(path)}:{line}: {word[0]}"
        for path in SOURCES
        for line, passage in prose(path)
        for word in PRIVATE_WORDS.finditer(passage)
    ]
    assert found == []


def test_messages_leave_through_raw_requests_only() -> None:
    """client.send_message makes a new random_id each call: two messages on a retry."""
    hiding = {"send_message", "send_file", "forward_messages"}
    found = [
        f"{name(p)}:{node.lineno}"
        for p in PRODUCT
        if p.relative_to(ROOT).parts[0] == "sender"
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Attribute) and node.attr in hiding
    ]
    assert found == []


def test_sql_lives_in_the_floor() -> None:
    """No SQL statement stands outside db."""
    statement = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s", re.MULTILINE)
    found = [
        f"{name(p)}:{node.lineno}"
        for p in PRODUCT
        if p.relative_to(ROOT).parts[0] != "db"
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and statement.match(node.value)
    ]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "db" / "queries").glob("*.py")), ids=name)
def test_a_statement_stands_above_the_one_function_that_runs_it(path: Path) -> None:
    body = tree(path).body
    for place, node in enumerate(body):
        if not (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            continue
        (target,) = node.targets
        assert isinstance(target, ast.Name)
        users = [
            i
            for i, other in enumerate(body)
            if i != place
            and any(isinstance(n, ast.Name) and n.id == target.id for n in ast.walk(other))
        ]
        assert len(users) == 1, f"{target.id} is run by {len(users)} functions"


def test_a_feature_of_the_bot_opens_few_modules_to_the_others() -> None:
    """Routers and screens are a feature's own; bot.process alone puts the features together."""
    features = {p.parent.name for p in (ROOT / "bot").glob("*/router.py")}
    opened = {"service", "view_model", "live_cards", "states", "intake"}
    assert {"campaigns", "drafts", "home"} <= features
    found = [
        f"{name(path)}: {feature}.{module}"
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if path.parent.name != "process"
        for feature, module in modules_of_bot(path)
        if feature in features
        and feature != path.relative_to(ROOT / "bot").parts[0]
        and module not in opened
    ]
    assert found == []


def modules_of_bot(path: Path) -> list[tuple[str, str]]:
    """(feature, module) of each import of bot.<feature>.<module> in a file, wherever it stands."""
    imported: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported += [f"{node.module}.{alias.name}" for alias in node.names]
    parts = [name.split(".") for name in imported]
    return [(p[1], p[2]) for p in parts if p[0] == "bot" and len(p) > 2]


def test_no_registry_is_named_in_what_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    address = re.compile(r"(--(extra-)?index-url|--find-links|https?://(pypi|files\.pythonhosted))")
    pins = [f for f in listed if f.startswith("requirements")]
    assert pins
    assert [f for f in pins if address.search((ROOT / f).read_text("utf-8"))] == []
    assert not {"uv.lock", "package-lock.json", "poetry.lock"} & {Path(f).name for f in listed}


def test_the_commands_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    promised = set(re.findall(r"(?:`|^)make ([a-z]+)", readme, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= promised
    assert promised <= targets
