"""Messages: all of them, one of them, and the question before one is deleted."""

from __future__ import annotations

from bot.templates.presses import AskDeleteTemplate, DeleteTemplate, NewTemplate, OpenTemplate
from bot.ui.formatting import named, plain, short
from bot.ui.i18n import Markup, Translator
from bot.ui.navigation import OpenTemplates
from bot.ui.pager import Page, turns
from bot.ui.screen import Key, Screen, back, home
from db.models.admin import Admin, Right
from db.models.template import Media, Template

PAGE_SIZE = 4
SHOWN_OF_TEXT = 800  # characters


def page(_: Translator, admin: Admin, shown: Page[Template]) -> Screen:
    """List the messages of one page."""
    new = (Key(_("New message"), NewTemplate(), "success"),)
    top = (new,) if admin.may(Right.BUILD) else ()
    if shown.is_empty_list:
        text = _(
            "<b>Messages</b>\nNone yet. A message is what a campaign sends: text, a photo or a "
            "file, with each person's own name in it if you like."
        )
        return Screen(text, (*top, (home(_),)))
    lines = [_("<b>Messages</b>"), *(_line(one) for one in shown.items)]
    rows = [(Key(short(one.name), OpenTemplate(one.id)),) for one in shown.items]
    return Screen("\n".join(lines), (*rows, *top, (*turns(_, shown, OpenTemplates), home(_))))


def _line(one: Template) -> str:
    start = " ".join(one.text.split())[:60]
    return named(one.name) if start.startswith(one.name) else f"{named(one.name)} · {plain(start)}"


def card(_: Translator, admin: Admin, one: Template, file: Media | None) -> Screen:
    """Show one message as it was written."""
    lines = [f"<b>{named(one.name)}</b>"]
    if file is not None:
        lines.append(_("With a photo.") if file.kind == "photo" else
                     _("With the file {name}.", name=file.file_name))  # fmt: skip
    if one.text:
        cut = one.text[:SHOWN_OF_TEXT]
        lines += ["", plain(cut) + ("…" if len(one.text) > SHOWN_OF_TEXT else "")]
    delete = (Key(_("Delete message"), AskDeleteTemplate(one.id)),)
    rows = (delete,) if admin.may_change(one.created_by) else ()
    return Screen("\n".join(lines), (*rows, (back(_, OpenTemplates()), home(_))))


def ask_delete(_: Translator, one: Template) -> Screen:
    """Ask before a message is deleted."""
    text = _(
        "Delete <b>{name}</b>? It cannot be undone. Campaigns that use it go on with it.",
        name=one.name,
    )
    sure = Key(_("Delete {name}", name=Markup(short(one.name))), DeleteTemplate(one.id), "danger")
    return Screen(text, ((sure,), (back(_, OpenTemplate(one.id)),)))
