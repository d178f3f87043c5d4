"""The buttons of a sender account."""

from __future__ import annotations

from bot.ui.buttons import Press


class AskCaps(Press, data="a:{account_id}:caps"):
    """The question about the account's caps."""

    account_id: int


class ReleaseAccount(Press, data="a:{account_id}:release"):
    account_id: int
