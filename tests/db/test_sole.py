"""Two products on one database are refused; a finished one leaves no trace."""

from __future__ import annotations

import pytest

from db.sole import AlreadyRunning, SoleRunner


async def test_a_second_runner_is_refused_until_the_first_is_gone(dsn: str) -> None:
    first, second = SoleRunner(dsn), SoleRunner(dsn)
    await first.take()
    with pytest.raises(AlreadyRunning, match="already runs"):
        await second.take()
    await first.release()
    await second.take()
    await second.release()
