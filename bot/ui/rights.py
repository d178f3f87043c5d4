"""How a handler declares the right it needs; the gate denies one that declares none."""

from __future__ import annotations

from typing import Any

from db.models.admin import Right

FLAG = "right"


def needs(right: Right) -> dict[str, Any]:
    """Return the value for `flags=` when a handler is registered."""
    return {FLAG: right}


SEE, BUILD, ACCOUNTS = needs(Right.SEE), needs(Right.BUILD), needs(Right.ACCOUNTS)
