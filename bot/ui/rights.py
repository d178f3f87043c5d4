"""How a handler says which right it needs; one that says nothing is denied by the gate."""

from __future__ import annotations

from db.models.admin import Right

FLAG = "right"


def needs(right: Right) -> dict[str, Right]:
    """For `flags=`: `@router.message(Command("new"), flags=needs(Right.BUILD))`."""
    return {FLAG: right}
