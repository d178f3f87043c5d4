"""Validation of JSON bodies against the signature of the function or dataclass that they are for.

So each field is defined once: its name and type are those of a parameter. An error names the field.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from sandbox.control.errors import RequestError

Json = dict[str, Any]


def parameters(make: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the named parameters of a function, a bound method or a dataclass."""
    return {
        name: one
        for name, one in inspect.signature(make).parameters.items()
        if one.kind is not inspect.Parameter.VAR_KEYWORD
    }


def checked(
    make: Callable[..., Any],
    given: object,
    *,
    besides: Callable[..., Any] | None = None,
    without: frozenset[str] = frozenset(),
    optional: bool = False,
) -> Json:
    """Return `given` as keyword arguments for `make`, converted to its types.

    Raises `RequestError`. `besides` adds the parameters of the dataclass that `make` fills.
    `without` names parameters that may not be given. With `optional`, no parameter is required.
    """
    if not isinstance(given, dict):
        raise RequestError("A JSON object is needed")
    known: Json = dict(parameters(besides)) if besides else {}
    needed = {} if optional else parameters(make)
    known = {
        name: one for name, one in {**known, **parameters(make)}.items() if name not in without
    }
    if strange := sorted(given.keys() - known.keys()):
        raise RequestError(f"Unknown: {', '.join(strange)}. There is: {', '.join(known)}")
    missing = [n for n, one in needed.items() if one.default is one.empty and n not in given]
    if missing := [name for name in missing if name not in without]:
        raise RequestError(f"Missing: {', '.join(missing)}")
    hints = (get_type_hints(besides) if besides else {}) | get_type_hints(make)
    return {name: _as(hints[name], name, value) for name, value in given.items()}


def _as(hint: Any, name: str, value: object) -> Any:
    try:
        return TypeAdapter(hint).validate_python(value)
    except ValidationError as error:
        raise RequestError(f"{name}: {error.errors()[0]['msg']}") from error


def described(make: Callable[..., Any], without: frozenset[str] = frozenset()) -> Json:
    """Return each parameter with its type and default, for the description of the API."""
    return {
        name: str(one.annotation) + ("" if one.default is one.empty else f" = {one.default!r}")
        for name, one in parameters(make).items()
        if name not in without
    }
