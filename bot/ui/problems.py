"""What the bot answers when something cannot be done."""

from __future__ import annotations

from bot.ui.formatting import campaign_status
from bot.ui.i18n import Translator
from bot.ui.screen import Screen, home
from db.models.campaign import CampaignStatus


def stranger(_: Translator, user_id: int) -> str:
    """Answer a user who is no admin."""
    return _(
        "This bot is private. If you work here, give your id to the person who runs it: "
        "<code>{id}</code>",
        id=str(user_id),
    )


def no_right(_: Translator) -> str:
    """Refuse what the admin's role does not allow."""
    return _("Your role does not allow this.")


def not_yours(_: Translator) -> str:
    """Refuse to change what another admin made."""
    return _("Somebody else made this: your role lets you only look at it.")


def already(_: Translator, status: CampaignStatus) -> str:
    """Return the toast for an act that is not possible any more: the card shows the status."""
    return _("Nothing changed: it is {status} already.", status=campaign_status(_, status))


def cannot_start(_: Translator) -> str:
    """Return the toast for Start while the draft has problems."""
    return _("It cannot start yet: see why below.")


def gone(_: Translator) -> str:
    """Return the toast for a row that was deleted."""
    return _("That is not there any more.")


def old_button(_: Translator) -> str:
    """Return the toast for a button that no handler takes."""
    return _("That button is from long ago. Here is how things stand now.")


def database_down(_: Translator) -> Screen:
    """Say that the database cannot be reached."""
    return Screen(
        _(
            "The database does not answer just now. What was saved is safe; what you just did "
            "was not saved. Try again in a minute."
        ),
        ((home(_),),),
    )


def unexpected(_: Translator, incident: str) -> Screen:
    """Say that a handler failed. `incident` is the id that the log has with the traceback."""
    return Screen(
        _(
            "Something went wrong here (id <code>{id}</code>). Nothing was lost; try once more, "
            "and if it happens again give this id to the person who runs the bot.",
            id=incident,
        ),
        ((home(_),),),
    )


def not_shown(_: Translator) -> Screen:
    """Say that there is news which Telegram refuses to show as it is."""
    return Screen(
        _(
            "Something has happened that I cannot show here: Telegram does not take the message. "
            "/start shows how everything stands."
        ),
        ((home(_),),),
    )


def unhandled(_: Translator) -> Screen:
    """Answer a message that no handler takes."""
    return Screen(
        _(
            "I was not waiting for this. Send a CSV, JSONL or TXT file to make a contact list, "
            "/templates to make a message, /new for a campaign, /help for the rest."
        ),
        ((home(_),),),
    )
