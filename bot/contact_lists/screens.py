"""Contact lists: all of them, one of them, and the question before one is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui.formatting import basis_word, plain, short
from bot.ui.i18n import Words
from bot.ui.screen import Screen, back, home, key
from db.models.admin import Admin
from db.models.contact_list import Basis, ContactList

NOUN = "l"
PAGE = 5


def page(_: Words, found: Sequence[ContactList], offset: int) -> Screen:
    """`found` is one more than PAGE when there is another page."""
    if not found:
        text = _(
            "<b>Contacts</b>\nNo list yet. Send me a CSV, JSONL or TXT file with phones, usernames "
            "or ids, any time; or paste them here, one a line."
        )
        return Screen(text, ((home(_),),))
    shown = found[:PAGE]
    lines = [_line(_, one) for one in shown]
    lines += ["", _("To add a list, send me a file; or paste phones and usernames here.")]
    turn = []
    if offset:
        turn.append(key(_("‹ Newer"), NOUN, max(0, offset - PAGE), "page"))
    if len(found) > PAGE:
        turn.append(key(_("Older ›"), NOUN, offset + PAGE, "page"))
    rows = [(key(short(one.name), NOUN, one.id, "show"),) for one in shown]
    return Screen("\n".join([_("<b>Contacts</b>"), *lines]), (*rows, (*turn, home(_))))


def _line(_: Words, one: ContactList) -> str:
    people = _.plural("{n} person", "{n} people", one.size)
    return f"{plain(one.name)} · {people} · {_basis(_, one)}"


def _basis(_: Words, one: ContactList) -> str:
    if one.basis is Basis.OTHER and one.basis_note:
        return plain(one.basis_note)
    return plain(basis_word(_, one.basis).removesuffix("…"))


def card(_: Words, admin: Admin, one: ContactList, attested_by: str) -> Screen:
    """One list; `attested_by` is the name of who said why we may write to it."""
    lines = [
        f"<b>{plain(one.name)}</b>",
        _.plural("{n} person", "{n} people", one.size),
        _("Why we may write: {basis} (said {name}, {when})",
            basis=_basis(_, one), name=attested_by, when=_.day_and_clock(one.created_at)),
        _("From the file {name}", name=one.file_name),
    ]  # fmt: skip
    if one.fields:
        fields = " ".join("{{" + field + "}}" for field in one.fields)
        lines.append(_("In a message you can write: {fields}", fields=fields[:500]))
    if one.archived_at is not None:
        return Screen("\n".join([*lines, _("Deleted.")]), ((back(_, NOUN, 0, "page"),),))
    delete = (key(_("Delete list"), NOUN, one.id, "ask_delete"),)
    rows = (delete,) if admin.may_change(one.attested_by) else ()
    return Screen("\n".join(lines), (*rows, (back(_, NOUN, 0, "page"), home(_))))


def ask_delete(_: Words, one: ContactList, active_campaigns: int) -> Screen:
    """What goes, and what does not."""
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
    return Screen(
        "\n".join(lines),
        (
            (
                key(
                    _("Delete {name}", name=short(one.name)), NOUN, one.id, "delete", style="danger"
                ),
            ),
            (back(_, NOUN, one.id, "show"),),
        ),
    )
