"""Why a draft cannot start, or a choice cannot be made, in sentences that say what to do."""

from __future__ import annotations

from bot.drafts.view_model import Problem, Review
from bot.ui.formatting import LONGEST_SHOWN, listed, short
from bot.ui.i18n import Markup, Translator
from db.models.draft import Unusable


def problem_line(_: Translator, problem: Problem, found: Review) -> str:
    """Return what must be put right before Start, as the review says it."""
    match problem:
        case Problem.NO_LISTS:
            return _("No contact list is chosen.")
        case Problem.LISTS_DELETED:
            names = listed(_, found.unusable.deleted_lists)
            return _("{names}: deleted. Take it off under “People”.", names=names)
        case Problem.LISTS_UNSAVED:
            names = listed(_, found.unusable.unsaved_lists)
            return _("{names}: still being saved. Wait until it is.", names=names)
        case Problem.TEMPLATE_DELETED:
            name = short(found.unusable.deleted_template or "", LONGEST_SHOWN)
            return _("{name}: deleted. Choose another under “Message”.", name=name)
        case Problem.NO_TEMPLATE:
            return _("No message is chosen.")
        case Problem.NO_ACCOUNT:
            return _("No account is chosen.")
        case Problem.ACCOUNT_GONE:
            return _("The account is signed out or switched off: /accounts says how to connect it.")
        case Problem.NOBODY_LEFT if found.audience.people:
            return _(
                "Nobody is left: everybody in the lists is on the stop list or cannot be reached."
            )
        case Problem.NOBODY_LEFT:
            return _("Nobody is left: the lists are empty.")


def why_not(_: Translator, unusable: Unusable) -> str:
    """Return the toast for Start of a draft of which something is deleted or not saved yet."""
    if unusable.deleted_lists:
        return _(
            "Not started: {names} is deleted. See below.",
            names=_first(_, unusable.deleted_lists),
        )
    if unusable.unsaved_lists:
        return _(
            "Not started: {names} is still being saved. See below.",
            names=_first(_, unusable.unsaved_lists),
        )
    name = Markup(short(unusable.deleted_template or ""))
    return _("Not started: the message {name} is deleted. See below.", name=name)


def _first(_: Translator, names: tuple[str, ...]) -> Markup:
    """Return the first name and how many more there are; a toast is no HTML."""
    first = Markup(short(names[0], LONGEST_SHOWN))
    if (rest := len(names) - 1) == 0:
        return first
    return Markup(_.plural("{names} and {n} more", "{names} and {n} more", rest, names=first))


def is_deleted(_: Translator, name: str) -> str:
    """Return the toast for the choice of a list or a message that was deleted."""
    return _("{name} was deleted. Choose another.", name=Markup(short(name, LONGEST_SHOWN)))
