"""Each test of this suite cites the page that documents the behaviour it verifies."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.glob("*/test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_test_cites_its_documentation(path: Path) -> None:
    silent = [
        node.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and "https://" not in (ast.get_docstring(node) or "")
    ]
    assert silent == []
