"""The dimensions of a picture are read from its header."""

from __future__ import annotations

import pytest

from sandbox.bot_api.files import picture_size
from tests.sandbox.bot_api.pictures import jpeg, png


@pytest.mark.parametrize(
    ("data", "size"),
    [(png(7, 9), (7, 9)), (jpeg(640, 360), (640, 360)), (b"GIF89a", (640, 480)), (b"", (640, 480))],
)
def test_the_size_of_a_picture_is_read_from_its_header(data: bytes, size: tuple[int, int]) -> None:
    assert picture_size(data) == size
