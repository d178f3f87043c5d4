"""A contact file before it is saved: the basis for writing to these people, the list's name."""

from __future__ import annotations

from bot.ui.formatting import basis_word
from bot.ui.i18n import Translator
from bot.ui.navigation import NewCampaign, OpenContactLists
from bot.ui.screen import Key, Screen, back, cancel, home
from bot.uploads.presses import AskBasis, CancelSaving, KeepListName, SaveUpload
from bot.uploads.screens import bases, drop_key, why_may_we
from db.models.contact_list import Basis, ContactList, Upload


def ask_basis(_: Translator, upload_id: int) -> Screen:
    """Ask why we may write to these people."""
    return Screen(why_may_we(_), (*bases(_, upload_id), (drop_key(_, upload_id),)))


def ask_note(_: Translator, upload_id: int) -> Screen:
    """Ask for a basis in the admin's own words."""
    return Screen(
        _("In a few words: why may we write to them?"),
        ((back(_, AskBasis(upload_id)),),),
    )


def ask_name(_: Translator, upload: Upload) -> Screen:
    """Ask what the list is called."""
    return Screen(
        _(
            "What shall we call this list? Type a name, or keep <b>{name}</b>.",
            name=upload.reading["name"],
        ),
        (
            (Key(_("Keep this name"), KeepListName(upload.id), "success"),),
            (drop_key(_, upload.id),),
        ),
    )


def one_line_wanted(_: Translator, longest: int) -> Screen:
    """Answer what is not one line of 1 to `longest` characters."""
    text = _("I need 1 to {n} characters, on one line. Type it again.", n=longest)
    return Screen(text, ((cancel(_),),))


def confirm(_: Translator, upload: Upload) -> Screen:
    """Show what will be saved."""
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
            (Key(_("Save {n}", n=ready), SaveUpload(upload.id), "success"),),
            (drop_key(_, upload.id),),
        ),
    )


def saving(_: Translator, upload_id: int, done: int = 0, total: int = 0) -> Screen:
    """Say that the list is being saved: `done` of `total` people so far, 0 when unknown."""
    text = _("Saving…")
    if done:
        text = _.plural("Saving… {done} of {n} row", "Saving… {done} of {n} rows", total, done=done)
    return Screen(text, ((Key(_("✕ Cancel"), CancelSaving(upload_id)),),))


def stopping(_: Translator) -> str:
    """Return the toast of a cancelled save."""
    return _("It stops in a moment.")


def saved(_: Translator, contact_list: ContactList) -> Screen:
    """Confirm that the list is saved."""
    text = _.plural(
        "<b>{name}</b> is saved: {n} person.",
        "<b>{name}</b> is saved: {n} people.",
        contact_list.size,
        name=contact_list.name,
    )
    return Screen(
        text,
        (
            (Key(_("New campaign"), NewCampaign(), "success"),),
            (Key(_("Contacts"), OpenContactLists()), home(_)),
        ),
    )


def saved_already(_: Translator) -> str:
    """Return the toast for a button of a file that is not there any more."""
    return _("That file is saved or dropped already.")


def failed(_: Translator) -> Screen:
    """Say that work in the background failed; the log has the traceback."""
    return Screen(
        _(
            "Something went wrong with this file. Nothing of it was saved, and nothing was sent. "
            "Send it once more; if it happens again, show it to the person who runs the bot."
        ),
        ((home(_),),),
    )


def dropped(_: Translator) -> Screen:
    """Confirm that the file is forgotten."""
    return Screen(_("The file was not saved. Send it again whenever you like."), ((home(_),),))
