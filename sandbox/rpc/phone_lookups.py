"""The limit on finding people by their phone numbers: one call in three seconds for an account."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.mtproto import refuse

SECONDS = 3.0
# A client that waits exactly as long as it must is late on the way by a little more or less.
TOLERANCE = 0.05


@dataclass(slots=True)
class PhoneLookups:
    """`seconds` between two look-ups of an account; 0 for no limit."""

    seconds: float = SECONDS
    clock: Callable[[], float] = time.monotonic
    _due: dict[int, float] = field(default_factory=dict)

    def take(self, account: int) -> None:
        """Count a look-up, whether it finds a person or not.

        Raises FLOOD_WAIT_n, without counting the call, when it comes too early.
        """
        now = self.clock()
        wait = self._due.get(account, now) - now
        if wait > TOLERANCE:
            raise refuse(f"FLOOD_WAIT_{math.ceil(wait)}")
        self._due[account] = now + self.seconds
