"""What the bot says when something does not go as asked."""

from __future__ import annotations

from bot.ui.formatting import campaign_status
from bot.ui.i18n import Words
from bot.ui.screen import Screen, home
from db.models.campaign import CampaignStatus


def stranger(_: Words, user_id: int) -> str:
    return _(
        "This bot is private. If you work here, give your id to the person who runs it: "
        "<code>{id}</code>",
        id=str(user_id),
    )


def no_right(_: Words) -> str:
    return _("Your role does not allow this.")


def not_yours(_: Words) -> str:
    return _("Somebody else made this: your role lets you only look at it.")


def already(_: Words, status: CampaignStatus) -> str:
    """A press that came too late; the card beside it shows what is."""
    return _("Nothing changed: it is {status} already.", status=campaign_status(_, status))


def cannot_start(_: Words) -> str:
    return _("It cannot start yet: see why below.")


def gone(_: Words) -> str:
    return _("That is not there any more.")


def old_button(_: Words) -> str:
    return _("That button is from long ago. Here is how things stand now.")


def database_down(_: Words) -> Screen:
    return Screen(
        _(
            "The database does not answer just now. What was saved is safe; what you just did "
            "was not saved. Try again in a minute."
        ),
        ((home(_),),),
    )


def unexpected(_: Words, incident: str) -> Screen:
    """`incident` is the id that the log has beside the trace."""
    return Screen(
        _(
            "Something went wrong here (id <code>{id}</code>). Nothing was lost; try once more, "
            "and if it happens again give this id to the person who runs the bot.",
            id=incident,
        ),
        ((home(_),),),
    )


def unhandled(_: Words) -> Screen:
    """For a message that nothing was waiting for."""
    return Screen(
        _(
            "I was not waiting for this. Send a CSV, JSONL or TXT file to make a contact list, "
            "/templates to make a message, /new for a campaign, /help for the rest."
        ),
        ((home(_),),),
    )
