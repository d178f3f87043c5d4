"""Alternated rounds: what is compared runs in turns, so that a slower minute harms all alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from statistics import median

Run = Callable[[], Awaitable[float]]
Rates = dict[str, list[float]]
"""What each run measured, by its name: one rate per second for each round."""


async def alternate(runs: Mapping[str, Run], rounds: int) -> Rates:
    """Run each of them once per round, in their order; return what they measured."""
    rates: Rates = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            rates[name].append(await run())
    return rates


def ratio(rates: Rates, one: str, other: str) -> float:
    """Return the median of the rounds' ratios, which a slow round changes less than the rates."""
    return median(a / b for a, b in zip(rates[one], rates[other], strict=True))
