"""A contact file on its way in: how it reads, and what it came to.

The buttons' noun is `u`, their id the upload's.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui.formatting import basis_word, plain, short
from bot.ui.i18n import Markup, Words
from bot.ui.screen import Key, Screen, key
from bot.uploads.faults import reason
from bot.uploads.intake.columns import NAME_FIELD, Reading, Role
from bot.uploads.intake.decode import ENCODINGS
from bot.uploads.intake.identities import Reason
from bot.uploads.intake.parse import Tally
from bot.uploads.intake.preview import Glimpse, Letters
from bot.uploads.intake.tables import JSON_LINES
from db.models.contact_list import Basis, ContactList, Upload

NOUN = "u"
SHOWN_OF_A_CELL = 32
SHOWN_COLUMNS = 6
SHOWN_LISTS = 3


def looked(_: Words, upload: Upload, glimpse: Glimpse, before: ContactList | None) -> Screen:
    """How the file is read, for a person to say whether that is right."""
    reading = glimpse.reading
    lines = [_summary(_, upload, glimpse), "", *map(_sample, glimpse.sample), ""]
    if before is not None:
        lines += [
            _("This very file was saved before, as <b>{name}</b>.", name=before.name),
            "",
        ]
    if not reading.has_recipients():
        lines.append(
            _(
                "I see no column of phones, usernames or ids here, so there would be nobody to "
                "write to. Say which column it is with “Change columns”."
            )
        )
        return Screen("\n".join(lines), _look_keys(_, upload.id, checkable=False))
    lines.append(_columns_line(_, reading))
    lines.append(_("Do the letters look right?"))
    return Screen("\n".join(lines), _look_keys(_, upload.id, checkable=True))


def _summary(_: Words, upload: Upload, glimpse: Glimpse) -> str:
    layout = glimpse.reading.layout
    parts = [
        _.plural("{n} row", "{n} rows", glimpse.rows),
        ENCODINGS.get(layout.encoding, layout.encoding),
    ]
    if layout.delimiter == JSON_LINES:
        parts.append("JSON")
    elif len(glimpse.reading.roles) > 1:
        sign = {"\t": _("tab"), " ": _("space")}.get(layout.delimiter, layout.delimiter)
        parts.append(_("separator {sign}", sign=sign))
    what = Markup(" · ".join(map(plain, parts)))
    return _("Reading <i>{name}</i>: {what}", name=upload.file_name, what=what)


def _sample(cells: Sequence[str]) -> str:
    shown = [" ".join(c.split())[:SHOWN_OF_A_CELL] for c in cells[:SHOWN_COLUMNS] if c.strip()]
    return f"<code>{plain(' · '.join(shown))}</code>"


def _columns_line(_: Words, reading: Reading) -> str:
    """ "Phone: column 2 · Username: column 3 · Name: column 1 · Extra: Город."""
    parts = []
    for role in (Role.PHONE, Role.USERNAME, Role.USER_ID, Role.NAME):
        columns = [str(n + 1) for n, found in enumerate(reading.roles) if found is role]
        if columns:
            numbers = ", ".join(columns)
            parts.append(_("{role}: column {n}", role=role_word(_, role), n=numbers))
    extra = [n for n, role in enumerate(reading.roles) if role is Role.EXTRA]
    if extra:
        titles = ", ".join(_title(_, reading, n) for n in extra)
        parts.append(_("Extra: {titles}", titles=titles[:200]))
    return " · ".join(parts) + "."


def _title(_: Words, reading: Reading, column: int) -> str:
    written = reading.titles[column].strip() if reading.header else ""
    return written or _("column {n}", n=column + 1)


def role_word(_: Words, role: Role) -> str:
    return {
        Role.PHONE: _("Phone"),
        Role.USERNAME: _("Username"),
        Role.USER_ID: _("Telegram id"),
        Role.NAME: _("Name"),
        Role.EXTRA: _("Extra"),
        Role.SKIP: _("Not needed"),
    }[role]


def _look_keys(_: Words, upload_id: int, *, checkable: bool) -> tuple[tuple[Key, ...], ...]:
    check = (key(_("Yes, check it"), NOUN, upload_id, "check", style="success"),)
    return (
        *((check,) if checkable else ()),
        (
            key(_("Change columns"), NOUN, upload_id, "columns"),
            key(_("Letters look wrong"), NOUN, upload_id, "letters"),
        ),
        (key(_("✕ Cancel"), NOUN, upload_id, "drop"),),
    )


def columns(_: Words, upload: Upload, glimpse: Glimpse, page: int = 0) -> Screen:
    """A button for each column, which moves its role on."""
    reading = glimpse.reading
    first = page * SHOWN_COLUMNS
    count = len(reading.roles)
    rows: list[tuple[Key, ...]] = []
    for n in range(first, min(first + SHOWN_COLUMNS, count)):
        title = short(_title(_, reading, n))
        label = f"{n + 1}. {title} → {role_word(_, reading.roles[n])}"
        rows.append((key(label, NOUN, upload.id, "turn", str(n)),))
    last = [key(_("Done"), NOUN, upload.id, "look")]
    if count > SHOWN_COLUMNS:
        onward = 0 if first + SHOWN_COLUMNS >= count else page + 1
        last.append(key(_("More columns ›"), NOUN, upload.id, "columns", str(onward)))
    fields = [name for _column, name in reading.field_names() if name != NAME_FIELD]
    lines = [
        _("What is in each column? Press one to change what it is."),
        "",
        *map(_sample, glimpse.sample),
    ]
    if any(role is Role.NAME for role in reading.roles) or fields:
        named = [NAME_FIELD] if Role.NAME in reading.roles else []
        written = " ".join("{{" + field + "}}" for field in [*named, *fields])
        lines += ["", _("In a message you can write: {fields}", fields=written[:500])]
    return Screen("\n".join(lines), (*rows, tuple(last)))


def letters(_: Words, upload_id: int, spellings: Sequence[Letters]) -> Screen:
    """The file's first name, each time in another encoding."""
    if len(spellings) < 2:
        text = _("There is only one way to read these letters. Is the file itself damaged?")
        return Screen(text, ((key(_("‹ Back"), NOUN, upload_id, "look"),),))
    rows = tuple(
        (key(short(one.name), NOUN, upload_id, "encode", one.encoding),) for one in spellings
    )
    return Screen(
        _("Which of these is written right?"),
        (*rows, (key(_("‹ Back"), NOUN, upload_id, "look"),)),
    )


def reading_file(_: Words, file_name: str) -> Screen:
    return Screen(_("Reading <i>{name}</i>…", name=file_name))


def checking(_: Words, rows: int) -> Screen:
    if not rows:
        return Screen(_("Checking…"))
    return Screen(_.plural("Checking… {n} row", "Checking… {n} rows", rows))


def checked(
    _: Words, upload_id: int, tally: Tally, known: Sequence[tuple[str, int]], suppressed: int
) -> Screen:
    """ "287 ready · 21 doubles, kept once · 8 already in Clients April · 12 not usable: …",
    and the question that follows: why we may write to them."""
    lines = [_("<b>{n} ready</b>", n=tally.ready)]
    if tally.doubles:
        lines.append(_.plural("{n} double, kept once", "{n} doubles, kept once", tally.doubles))
    lines += [_("{n} already in {name}", n=n, name=name) for name, n in known[:SHOWN_LISTS]]
    if suppressed:
        lines.append(
            _.plural(
                "{n} on the stop list: gets nothing",
                "{n} on the stop list: they get nothing",
                suppressed,
            )
        )
    if tally.rejected:
        lines.append(_unusable(_, tally.reasons, len(tally.rejected)))
    last = (
        key(_("Change columns"), NOUN, upload_id, "columns"),
        key(_("✕ Cancel"), NOUN, upload_id, "drop"),
    )
    if not tally.ready:
        lines += ["", _("Nobody in this file can be written to. Is the right column chosen?")]
        return Screen("\n".join(lines), (last,))
    lines += ["", why_may_we(_)]
    return Screen("\n".join(lines), (*bases(_, upload_id), last))


def _unusable(_: Words, reasons: Sequence[tuple[Reason, int]], count: int) -> str:
    each = " · ".join(f"{_.number(n)} {plain(reason(_, why))}" for why, n in reasons)
    return _("{n} not usable: {reasons}", n=count, reasons=Markup(each))


def bad_rows_caption(_: Words) -> str:
    return _("The rows I could not use, with the reasons. Mend them and send me this file.")


def why_may_we(_: Words) -> str:
    return _(
        "<b>Why may we write to them?</b> Your name stays beside the answer: people who never "
        "asked to hear from you complain, and Telegram then closes the sending account."
    )


def bases(_: Words, upload_id: int) -> tuple[tuple[Key, ...], ...]:
    """A button for each basis, two in a row."""
    keys = [key(basis_word(_, basis), NOUN, upload_id, "basis", basis) for basis in Basis]
    return tuple(tuple(keys[n : n + 2]) for n in range(0, len(keys), 2))
