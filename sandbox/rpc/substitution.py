"""Answers with other constructors of the same TL type, for scripted faults.

Telegram documents several constructors for most types: a User is a user or a userEmpty. Those which
the world cannot reach by itself are made from the ones that it has answered.
"""

from __future__ import annotations

import inspect
from typing import Any

from telethon.tl import TLObject, types

from sandbox.mtproto import RpcFailure

# Required fields that have no zero value.
FIELDS = {"action": types.MessageActionHistoryClear(), "folder": types.Folder(1, "Archive")}
ZEROS: dict[str, Any] = {"int": 0, "str": "", "bytes": b"", "bool": False}


def substitute(answer: Any, constructor: str) -> Any:
    """Return the answer with each object of the constructor's type made by that constructor.

    Raises RpcFailure for a name of no constructor, and for an answer without such an object.
    """
    space, _, name = constructor.rpartition(".")
    module = getattr(types, space, None) if space else types
    kind = getattr(module, name[:1].upper() + name[1:], None)
    if not (isinstance(kind, type) and issubclass(kind, TLObject)):
        raise RpcFailure(400, f"SANDBOX_UNKNOWN_CONSTRUCTOR_{constructor}")
    changed, count = _replace(answer, kind)
    if not count:
        raise RpcFailure(400, f"SANDBOX_NO_PLACE_FOR_{constructor}")
    return changed


def empty(answer: Any, fields: tuple[str, ...]) -> Any:
    """Return the answer with these lists emptied; RpcFailure for an answer without them."""
    for field in fields:
        if not isinstance(getattr(answer, field, None), list):
            raise RpcFailure(400, f"SANDBOX_NO_LIST_{field}")
        setattr(answer, field, [])
    return answer


def _replace(found: Any, kind: Any) -> tuple[Any, int]:
    """Return what was found with the objects of the type replaced, and how many there were."""
    if isinstance(found, list):
        parts = [_replace(one, kind) for one in found]
        return [part for part, _ in parts], sum(count for _, count in parts)
    if not isinstance(found, TLObject):
        return found, 0
    if found.SUBCLASS_OF_ID == kind.SUBCLASS_OF_ID:
        return _made_from(found, kind), 1
    total = 0
    for field in _fields(type(found)):
        changed, count = _replace(getattr(found, field), kind)
        if count:
            setattr(found, field, changed)
        total += count
    return found, total


def _made_from(found: Any, kind: Any) -> Any:
    required = {
        name: _zero(name, parameter.annotation)
        for name, parameter in _fields(kind).items()
        if parameter.default is inspect.Parameter.empty
    }
    kept = {name: getattr(found, name) for name in _fields(kind) if hasattr(found, name)}
    return kind(**(required | {name: value for name, value in kept.items() if value is not None}))


def _zero(name: str, annotation: Any) -> Any:
    if name in FIELDS:
        return FIELDS[name]
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return [] if text.startswith("List") else ZEROS.get(text)


def _fields(kind: Any) -> dict[str, inspect.Parameter]:
    """Return the TL fields of a constructor; Telethon's own subclasses of Message have others."""
    generated = next(base for base in kind.__mro__ if "CONSTRUCTOR_ID" in vars(base))
    if "__init__" not in vars(generated):
        return {}
    parameters = dict(inspect.signature(generated.__init__).parameters)
    parameters.pop("self")
    return parameters
