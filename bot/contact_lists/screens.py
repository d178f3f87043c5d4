"""Contact lists: all of them, one of them, and the question before one is deleted."""

from __future__ import annotations

from bot.contact_lists.presses import AskDeleteList, DeleteList, SendProofs
from bot.ui.formatting import basis_word, named, plain, short
from bot.ui.i18n import Markup, Translator
from bot.ui.navigation import AskGathering, OpenContactList, OpenContactLists
from bot.ui.pager import Page, turns
from bot.ui.screen import Key, Screen, back, home
from db.models.admin import Admin, Right
from db.models.contact_list import Basis, ContactList

PAGE_SIZE = 5


def page(_: Translator, admin: Admin, shown: Page[ContactList]) -> Screen:
    """List the contact lists of one page."""
    gather = (Key(_("People who wrote to us"), AskGathering()),)
    more = (gather,) if admin.may(Right.BUILD) and not shown.offset else ()
    if shown.is_empty_list:
        text = _(
            "<b>Contacts</b>\nNo list yet. Send me a CSV, JSONL or TXT file with phones, usernames "
            "or ids, any time; or paste them here, one a line."
        )
        return Screen(text, (*more, (home(_),)))
    lines = [_("<b>Contacts</b>"), *(_line(_, one) for one in shown.items)]
    lines += ["", _("To add a list, send me a file; or paste phones and usernames here.")]
    rows = [(Key(short(one.name), OpenContactList(one.id)),) for one in shown.items]
    return Screen("\n".join(lines), (*rows, *more, (*turns(_, shown, OpenContactLists), home(_))))


def _line(_: Translator, one: ContactList) -> str:
    people = _.plural("{n} person", "{n} people", one.size)
    return f"{named(one.name)} · {people} · {_basis(_, one)}"


def _basis(_: Translator, one: ContactList) -> str:
    if one.basis is Basis.OTHER and one.basis_note:
        return plain(short(one.basis_note, 200))
    return plain(basis_word(_, one.basis).removesuffix("…"))


def card(_: Translator, admin: Admin, one: ContactList, attested_by: str) -> Screen:
    """Show one list. `attested_by` is the name of the admin who said why we may write to it."""
    lines = [
        f"<b>{named(one.name)}</b>",
        _.plural("{n} person", "{n} people", one.size),
        _("Why we may write: {basis} (said {name}, {when})",
            basis=_basis(_, one), name=attested_by, when=_.day_and_clock(one.created_at)),
        _("From the file {name}", name=one.file_name)
        if one.account_id is None
        else _("From the conversations of an account; each person is proven by a message"),
    ]  # fmt: skip
    if one.fields:
        fields = " ".join("{{" + field + "}}" for field in one.fields)
        lines.append(_("In a message you can write: {fields}", fields=fields[:500]))
    if one.archived_at is not None:
        return Screen("\n".join([*lines, _("Deleted.")]), ((back(_, OpenContactLists()),),))
    delete = (Key(_("Delete list"), AskDeleteList(one.id)),)
    rows = (delete,) if admin.may_change(one.attested_by) else ()
    if one.account_id is not None and admin.may(Right.PHONES):
        rows = ((Key(_("Who wrote, and when"), SendProofs(one.id)),), *rows)
    return Screen("\n".join(lines), (*rows, (back(_, OpenContactLists()), home(_))))


def ask_delete(_: Translator, one: ContactList, active_campaigns: int) -> Screen:
    """Ask before a list is deleted, and say what goes and what stays."""
    lines = [
        _.plural(
            "Delete <b>{name}</b> with {n} person? It cannot be undone: to use the list again you "
            "would have to upload its file again.",
            "Delete <b>{name}</b> with {n} people? It cannot be undone: to use the list again you "
            "would have to upload its file again.",
            one.size,
            name=one.name,
        )
    ]
    if active_campaigns:
        lines.append(
            _.plural(
                "{n} campaign that writes to it goes on; stop it if it should not.",
                "{n} campaigns that write to it go on; stop them if they should not.",
                active_campaigns,
            )
        )
    sure = Key(_("Delete {name}", name=Markup(short(one.name))), DeleteList(one.id), "danger")
    return Screen("\n".join(lines), ((sure,), (back(_, OpenContactList(one.id)),)))
