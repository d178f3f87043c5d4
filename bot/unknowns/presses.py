"""The buttons of deliveries that may have arrived."""

from __future__ import annotations

from bot.ui.buttons import Press
from db.models.unknown import Decision


class OpenUnknown(Press, data="u:{delivery_id}:{generation}:show"):
    """One delivery, and what is to be decided."""

    delivery_id: int
    generation: int


class DecideUnknown(Press, data="u:{delivery_id}:{generation}:{decision}"):
    delivery_id: int
    generation: int
    decision: Decision


class AskAllUnknown(Press, data="u:{campaign_id}:all"):
    """The question what happened to all that are open."""

    campaign_id: int


class DecideAllUnknown(Press, data="u:{campaign_id}:all:{decision}:{until}"):
    """`until`, in microseconds since 1970: those that were unknown then, and none that came later.

    Without it an old button would decide about people whom its reader never saw.
    """

    campaign_id: int
    decision: Decision
    until: int
