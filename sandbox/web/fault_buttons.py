"""The panel of misfortunes: what Telegram is known for, and what the demo adds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any

from sandbox.faults import SENDING, Cut, Fault, Faults, RpcError, Script, flood_wait

Act = Callable[[], Awaitable[object]]

SCRIPTED: dict[str, tuple[str, Fault]] = {
    "FLOOD_WAIT 5": ("Wait five seconds, says Telegram.", flood_wait(5)),
    "FLOOD_WAIT 60": ("Wait a minute, says Telegram.", flood_wait(60)),
    "Cut the line": ("It arrives, the answer does not.", Cut("after_effect")),
    "PEER_FLOOD": ("Taken for a spammer.", RpcError("PEER_FLOOD")),
}


@dataclass(slots=True)
class FaultInjection:
    """A button of the panel: `fault` is scripted for the sender's next message, `act` is done."""

    label: str
    about: str
    act: Act | None = None
    fault: Fault | None = None
    armed: list[Script] = field(default_factory=list)
    happened: int = 0
    under_way: bool = False

    def look(self) -> None:
        """Count what has struck since."""
        spent = [script for script in self.armed if script.spent]
        self.happened += sum(script.times_hit for script in spent)
        self.armed = [script for script in self.armed if not script.spent]


class Mischief:
    """`more` are the demo's own buttons: label → what pressing it does, told by its docstring."""

    def __init__(self, faults: Faults, sender_id: int, more: Mapping[str, Act]) -> None:
        self._faults = faults
        self._sender_id = sender_id
        self._all = {
            label: FaultInjection(label, about, fault=fault)
            for label, (about, fault) in SCRIPTED.items()
        } | {
            label: FaultInjection(label, getdoc(act) or "", act=act) for label, act in more.items()
        }

    def find(self, label: str) -> FaultInjection:
        """Raises `LookupError` for a label that is not on the panel."""
        return self._all[label]

    async def press(self, misfortune: FaultInjection) -> None:
        """Let it happen; an act that is under way is not begun a second time."""
        if misfortune.fault is not None:
            misfortune.armed.append(
                self._faults.script(
                    misfortune.fault, api="mtproto", method=SENDING, account=self._sender_id
                )
            )
        elif misfortune.act is not None and not misfortune.under_way:
            misfortune.under_way = True
            try:
                await misfortune.act()
                misfortune.happened += 1
            finally:
                misfortune.under_way = False

    def shown(self) -> list[dict[str, Any]]:
        """`waiting`: how many are scripted and have met no send yet."""
        for misfortune in self._all.values():
            misfortune.look()
        return [
            {
                "label": m.label,
                "about": m.about,
                "waiting": len(m.armed),
                "happened": m.happened,
                "under_way": m.under_way,
            }
            for m in self._all.values()
        ]
