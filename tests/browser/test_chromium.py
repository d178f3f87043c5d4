"""A missing browser is reported: a failure in CI, a warning elsewhere."""

from __future__ import annotations

import pytest

from tests.browser.chromium import find_browser


def test_without_a_browser_ci_fails_and_a_local_run_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="NO BROWSER IS TESTED"):
        find_browser()
    monkeypatch.delenv("CI")
    with (
        pytest.warns(UserWarning, match="NO BROWSER IS TESTED"),
        pytest.raises(pytest.skip.Exception, match="make browser"),
    ):
        find_browser()
