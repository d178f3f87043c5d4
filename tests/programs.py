"""Programs that only some tests use, and what becomes of those tests where there is none."""

from __future__ import annotations

import os
import warnings
from typing import NoReturn

import pytest


def missing(sentence: str) -> NoReturn:
    """Skip this test with a loud sentence; in CI, where nothing may be missing, fail."""
    if os.environ.get("CI") == "true":  # noqa: TID251 - no setting of the product
        pytest.fail(sentence)
    warnings.warn(sentence, stacklevel=1)  # a skip alone is a silent "s"
    pytest.skip(sentence)
