"""The panel's buttons: scripted faults of Telegram, and actions that the caller adds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any

from sandbox.faults import SENDING, Cut, Fault, Faults, RpcError, Script, flood_wait

Action = Callable[[], Awaitable[object]]

SCRIPTED: dict[str, tuple[str, Fault]] = {
    "FLOOD_WAIT 5": ("Wait five seconds, says Telegram.", flood_wait(5)),
    "FLOOD_WAIT 60": ("Wait a minute, says Telegram.", flood_wait(60)),
    "Cut the line": ("It arrives, the answer does not.", Cut("after_effect")),
    "PEER_FLOOD": ("Taken for a spammer.", RpcError("PEER_FLOOD")),
}


@dataclass(slots=True)
class FaultButton:
    """One button: it scripts `fault` for the account's next message, or runs `action`.

    `happened` counts how often the fault was hit or the action ended.
    """

    label: str
    about: str
    action: Action | None = None
    fault: Fault | None = None
    armed: list[Script] = field(default_factory=list)
    happened: int = 0
    running: bool = False

    def refresh(self) -> None:
        """Count the scripts that were hit since the last call."""
        spent = [script for script in self.armed if script.spent]
        self.happened += sum(script.times_hit for script in spent)
        self.armed = [script for script in self.armed if not script.spent]


class FaultButtons:
    """The buttons in their order: the scripted faults, then `more` (label → action).

    The faults hit messages that `account` sends over MTProto; None: those of any account. The
    docstring of an action explains its button.
    """

    def __init__(self, faults: Faults, account: int | None, more: Mapping[str, Action]) -> None:
        self._faults = faults
        self._account = account
        self._all = {
            label: FaultButton(label, about, fault=fault)
            for label, (about, fault) in SCRIPTED.items()
        } | {
            label: FaultButton(label, getdoc(action) or "", action=action)
            for label, action in more.items()
        }

    def find(self, label: str) -> FaultButton:
        """Return the button with this label; raises `LookupError`."""
        return self._all[label]

    async def press(self, button: FaultButton) -> None:
        """Script the fault, or run the action to its end; an action that is running is left alone.

        Raises what the action raises.
        """
        if button.fault is not None:
            button.armed.append(
                self._faults.script(
                    button.fault, api="mtproto", method=SENDING, account=self._account
                )
            )
        elif button.action is not None and not button.running:
            button.running = True
            try:
                await button.action()
                button.happened += 1
            finally:
                button.running = False

    def serialize(self) -> list[dict[str, Any]]:
        """Return the buttons as JSON; `waiting` is the number of scripted faults not hit yet."""
        for button in self._all.values():
            button.refresh()
        return [
            {
                "label": button.label,
                "about": button.about,
                "waiting": len(button.armed),
                "happened": button.happened,
                "running": button.running,
            }
            for button in self._all.values()
        ]
