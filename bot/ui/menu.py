"""The commands that Telegram offers beside the text field."""

from __future__ import annotations

from bot.ui.i18n import Translator


def menu(_: Translator) -> list[tuple[str, str]]:
    """Return (command, description), the most used first."""
    return [
        ("start", _("How everything stands")),
        ("new", _("A new campaign")),
        ("campaigns", _("All campaigns")),
        ("lists", _("Contact lists")),
        ("templates", _("Messages")),
        ("accounts", _("Sender accounts")),
        ("settings", _("Language and time zone")),
        ("cancel", _("Stop what I am waiting for")),
        ("help", _("What I can do")),
    ]
