"""The buttons of an admin's own settings."""

from __future__ import annotations

from bot.ui.buttons import Press
from bot.zone import parse_zone


class ChooseZone(Press, data="home:0:zone:{zone}"):
    """`zone` is an IANA name that is known here."""

    zone: str

    def __post_init__(self) -> None:
        if parse_zone(self.zone) != self.zone:
            raise ValueError(self.zone)
