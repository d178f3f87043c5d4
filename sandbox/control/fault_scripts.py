"""Fault scripts from JSON: `{"fault": "flood_wait", "seconds": 60, "account": 1002, "count": 1}`.

The names of faults are the classes and functions of `sandbox.faults` in snake_case. Fields that do
not belong to the fault select the calls that it hits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from sandbox.control import serializers
from sandbox.control.errors import RequestError
from sandbox.control.validation import checked, described, parameters
from sandbox.faults import SENDING, Api, Fault, Faults, Script, flood_wait, too_many_requests

Json = dict[str, Any]


def _word(kind: type[Any]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


KINDS: dict[str, Callable[..., Fault]] = {_word(kind): kind for kind in get_args(Fault)} | {
    "flood_wait": flood_wait,
    "too_many_requests": too_many_requests,
}
SENDING_WORD = "sending"


@dataclass(frozen=True, slots=True)
class Where:
    """Selects the calls that a fault hits; `count` null means until cancelled."""

    api: Api | None = None
    method: str | list[str] | None = None
    account: int | None = None
    recipient: int | None = None
    count: int | None = 1
    share: float = 1.0


class Scripts:
    """The faults that were scripted over HTTP, by number from 1."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._scripts: dict[int, Script] = {}

    def add(self, asked: object) -> Json:
        """Script one fault; raises `RequestError`. The method "sending" stands for `SENDING`."""
        if not isinstance(asked, dict) or asked.get("fault") not in KINDS:
            raise RequestError(f"Say which fault. There is: {', '.join(KINDS)}")
        make = KINDS[asked["fault"]]
        own = parameters(make).keys()
        rest = {name: value for name, value in asked.items() if name not in {*own, "fault"}}
        fault = make(**checked(make, {name: asked[name] for name in own & asked.keys()}))
        where = checked(Where, rest)
        if where.get("method") == SENDING_WORD:
            where["method"] = SENDING
        number = len(self._scripts) + 1
        self._scripts[number] = self._faults.script(fault, **where)
        return serializers.script(number, self._scripts[number])

    def all(self) -> list[Json]:
        """Return all scripts as JSON, also the spent ones."""
        return [serializers.script(number, one) for number, one in self._scripts.items()]

    def cancel(self, number: int) -> None:
        """Cancel one script; raises `RequestError`."""
        if number not in self._scripts:
            raise RequestError(f"No fault {number} was scripted here", 404)
        self._scripts[number].cancel()

    def clear(self) -> None:
        """Cancel all faults of the sandbox, also those scripted elsewhere."""
        self._faults.clear()

    def described(self) -> Json:
        """Return the fields of each fault for the description of the API."""
        return {word: described(make) for word, make in KINDS.items()} | {"where": described(Where)}
