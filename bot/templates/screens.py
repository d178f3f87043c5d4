"""Messages: all of them, one of them, and the question before one is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui.formatting import plain, short
from bot.ui.i18n import Words
from bot.ui.screen import Screen, back, home, key
from db.models.admin import Admin, Right
from db.models.template import Media, Template

NOUN = "t"
PAGE = 5
SHOWN_OF_TEXT = 800


def page(_: Words, admin: Admin, found: Sequence[Template], offset: int) -> Screen:
    """`found` is one more than PAGE when there is another page."""
    new = (key(_("New message"), NOUN, 0, "new", style="success"),)
    top = (new,) if admin.may(Right.BUILD) else ()
    if not found:
        text = _(
            "<b>Messages</b>\nNone yet. A message is what a campaign sends: text, a photo or a "
            "file, with each person's own name in it if you like."
        )
        return Screen(text, (*top, (home(_),)))
    shown = found[:PAGE]
    turn = []
    if offset:
        turn.append(key(_("‹ Newer"), NOUN, max(0, offset - PAGE), "page"))
    if len(found) > PAGE:
        turn.append(key(_("Older ›"), NOUN, offset + PAGE, "page"))
    rows = [(key(short(one.name), NOUN, one.id, "show"),) for one in shown]
    lines = [_("<b>Messages</b>"), *(_line(one) for one in shown)]
    return Screen("\n".join(lines), (*rows, *top, (*turn, home(_))))


def _line(one: Template) -> str:
    start = " ".join(one.text.split())[:60]
    return plain(one.name) if start.startswith(one.name) else f"{plain(one.name)} · {plain(start)}"


def card(_: Words, admin: Admin, one: Template, file: Media | None) -> Screen:
    lines = [f"<b>{plain(one.name)}</b>"]
    if file is not None:
        lines.append(_("With a photo.") if file.kind == "photo" else
                     _("With the file {name}.", name=file.file_name))  # fmt: skip
    if one.text:
        cut = one.text[:SHOWN_OF_TEXT]
        lines += ["", plain(cut) + ("…" if len(one.text) > SHOWN_OF_TEXT else "")]
    delete = (key(_("Delete message"), NOUN, one.id, "ask_delete"),)
    rows = (delete,) if admin.may_change(one.created_by) else ()
    return Screen("\n".join(lines), (*rows, (back(_, NOUN, 0, "page"), home(_))))


def ask_delete(_: Words, one: Template) -> Screen:
    text = _(
        "Delete <b>{name}</b>? It cannot be undone. Campaigns that use it go on with it.",
        name=one.name,
    )
    sure = key(_("Delete {name}", name=short(one.name)), NOUN, one.id, "delete", style="danger")
    return Screen(text, ((sure,), (back(_, NOUN, one.id, "show"),)))
