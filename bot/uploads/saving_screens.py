"""A contact file about to be saved: why we may write to these people, and what the list is called.

The buttons' noun is `u`, their id the upload's.
"""

from __future__ import annotations

from bot.ui.formatting import basis_word
from bot.ui.i18n import Words
from bot.ui.screen import Screen, home, key
from bot.uploads.screens import NOUN, bases, why_may_we
from db.models.contact_list import Basis, ContactList, Upload


def ask_basis(_: Words, upload_id: int) -> Screen:
    drop = (key(_("✕ Cancel"), NOUN, upload_id, "drop"),)
    return Screen(why_may_we(_), (*bases(_, upload_id), drop))


def ask_note(_: Words, upload_id: int) -> Screen:
    return Screen(
        _("In a few words: why may we write to them?"),
        ((key(_("‹ Back"), NOUN, upload_id, "why"),),),
    )


def ask_name(_: Words, upload: Upload) -> Screen:
    return Screen(
        _(
            "What shall we call this list? Type a name, or keep <b>{name}</b>.",
            name=upload.reading["name"],
        ),
        (
            (key(_("Keep this name"), NOUN, upload.id, "keep", style="success"),),
            (key(_("✕ Cancel"), NOUN, upload.id, "drop"),),
        ),
    )


def one_line_wanted(_: Words, longest: int) -> Screen:
    text = _("I need 1 to {n} characters, on one line. Type it again.", n=longest)
    return Screen(text, ((key(_("✕ Cancel"), "home", 0, "cancel"),),))


def confirm(_: Words, upload: Upload) -> Screen:
    """The last look before it is saved."""
    ready: int = upload.reading["ready"]
    basis = basis_word(_, Basis(upload.reading["basis"])).removesuffix("…")
    text = _.plural(
        "<b>{name}</b>: {n} person. Why we may write: {basis}.",
        "<b>{name}</b>: {n} people. Why we may write: {basis}.",
        ready,
        name=upload.reading["name"],
        basis=upload.reading["note"] or basis,
    )
    return Screen(
        text,
        (
            (key(_("Save {n}", n=ready), NOUN, upload.id, "save", style="success"),),
            (key(_("✕ Cancel"), NOUN, upload.id, "drop"),),
        ),
    )


def saving(_: Words, upload_id: int, done: int = 0, total: int = 0) -> Screen:
    """While the list is being written; `done` of `total` people are."""
    text = _("Saving…")
    if done:
        text = _.plural("Saving… {done} of {n} row", "Saving… {done} of {n} rows", total, done=done)
    return Screen(text, ((key(_("✕ Cancel"), NOUN, upload_id, "halt"),),))


def halting(_: Words) -> str:
    return _("It stops in a moment.")


def saved(_: Words, contact_list: ContactList) -> Screen:
    text = _.plural(
        "<b>{name}</b> is saved: {n} person.",
        "<b>{name}</b> is saved: {n} people.",
        contact_list.size,
        name=contact_list.name,
    )
    return Screen(
        text,
        (
            (key(_("New campaign"), "b", 0, "new", style="success"),),
            (key(_("Contacts"), "l", 0, "page"), home(_)),
        ),
    )


def saved_already(_: Words) -> str:
    return _("That file is saved or dropped already.")


def failed(_: Words) -> Screen:
    """For work in the background that broke; the log has the trace."""
    return Screen(
        _(
            "Something went wrong with this file. Nothing of it was saved, and nothing was sent. "
            "Send it once more; if it happens again, show it to the person who runs the bot."
        ),
        ((home(_),),),
    )


def dropped(_: Words) -> Screen:
    return Screen(_("The file was not saved. Send it again whenever you like."), ((home(_),),))
