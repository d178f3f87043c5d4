"""A contact file on its way to be a list: how it is read, and what its rows came to."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui.formatting import basis_word, plain, short
from bot.ui.i18n import Markup, Translator
from bot.ui.screen import Key, Screen, back
from bot.uploads.faults import reason
from bot.uploads.intake.columns import NAME_FIELD, Reading, Role
from bot.uploads.intake.decode import ENCODINGS
from bot.uploads.intake.identities import RowFault
from bot.uploads.intake.parse import Tally
from bot.uploads.intake.preview import FilePreview, Spelling
from bot.uploads.intake.tables import JSON_LINES
from bot.uploads.presses import (
    ChangeColumn,
    CheckUpload,
    ChooseBasis,
    ChooseEncoding,
    DropUpload,
    OpenColumns,
    OpenSpellings,
    OpenUpload,
)
from db.models.contact_list import Basis, ContactList, Upload

SHOWN_OF_A_CELL = 32  # characters
SHOWN_COLUMNS = 6
SHOWN_LISTS = 3


def looked(
    _: Translator, upload: Upload, preview: FilePreview, before: ContactList | None
) -> Screen:
    """Show how the file is read, for a person to confirm. `before`: the same file's list."""
    reading = preview.reading
    lines = [_summary(_, upload, preview), "", *map(_sample, preview.sample), ""]
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


def _summary(_: Translator, upload: Upload, preview: FilePreview) -> str:
    layout = preview.reading.layout
    parts = [
        _.plural("{n} row", "{n} rows", preview.rows),
        ENCODINGS.get(layout.encoding, layout.encoding),
    ]
    if layout.delimiter == JSON_LINES:
        parts.append("JSON")
    elif len(preview.reading.roles) > 1:
        sign = {"\t": _("tab"), " ": _("space")}.get(layout.delimiter, layout.delimiter)
        parts.append(_("separator {sign}", sign=sign))
    what = Markup(" · ".join(map(plain, parts)))
    return _("Reading <i>{name}</i>: {what}", name=upload.file_name, what=what)


def _sample(cells: Sequence[str]) -> str:
    shown = [" ".join(c.split())[:SHOWN_OF_A_CELL] for c in cells[:SHOWN_COLUMNS] if c.strip()]
    return f"<code>{plain(' · '.join(shown))}</code>"


def _columns_line(_: Translator, reading: Reading) -> str:
    """Return "Phone: column 2 · Username: column 3 · Name: column 1 · Extra: Город."."""
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


def _title(_: Translator, reading: Reading, column: int) -> str:
    written = reading.titles[column].strip() if reading.header else ""
    return written or _("column {n}", n=column + 1)


def role_word(_: Translator, role: Role) -> str:
    """Return the role as a word."""
    return {
        Role.PHONE: _("Phone"),
        Role.USERNAME: _("Username"),
        Role.USER_ID: _("Telegram id"),
        Role.NAME: _("Name"),
        Role.EXTRA: _("Extra"),
        Role.SKIP: _("Not needed"),
    }[role]


def _look_keys(_: Translator, upload_id: int, *, checkable: bool) -> tuple[tuple[Key, ...], ...]:
    check = (Key(_("Yes, check it"), CheckUpload(upload_id), "success"),)
    return (
        *((check,) if checkable else ()),
        (
            Key(_("Change columns"), OpenColumns(upload_id)),
            Key(_("Letters look wrong"), OpenSpellings(upload_id)),
        ),
        (drop_key(_, upload_id),),
    )


def columns(_: Translator, upload: Upload, preview: FilePreview, page: int = 0) -> Screen:
    """Show a button for each column, which gives it its next role. `page` counts from 0."""
    reading = preview.reading
    first = page * SHOWN_COLUMNS
    count = len(reading.roles)
    rows: list[tuple[Key, ...]] = []
    for n in range(first, min(first + SHOWN_COLUMNS, count)):
        title = short(_title(_, reading, n))
        label = f"{n + 1}. {title} → {role_word(_, reading.roles[n])}"
        rows.append((Key(label, ChangeColumn(upload.id, n)),))
    last = [Key(_("Done"), OpenUpload(upload.id))]
    if count > SHOWN_COLUMNS:
        onward = 0 if first + SHOWN_COLUMNS >= count else page + 1
        last.append(Key(_("More columns ›"), OpenColumns(upload.id, onward)))
    fields = [name for _column, name in reading.field_names() if name != NAME_FIELD]
    lines = [
        _("What is in each column? Press one to change what it is."),
        "",
        *map(_sample, preview.sample),
    ]
    if any(role is Role.NAME for role in reading.roles) or fields:
        named = [NAME_FIELD] if Role.NAME in reading.roles else []
        written = " ".join("{{" + field + "}}" for field in [*named, *fields])
        lines += ["", _("In a message you can write: {fields}", fields=written[:500])]
    return Screen("\n".join(lines), (*rows, tuple(last)))


def letters(_: Translator, upload_id: int, spellings: Sequence[Spelling]) -> Screen:
    """Show the file's first name in each encoding, to be chosen by eye."""
    if len(spellings) < 2:
        text = _("There is only one way to read these letters. Is the file itself damaged?")
        return Screen(text, ((back(_, OpenUpload(upload_id)),),))
    rows = tuple(
        (Key(short(one.name), ChooseEncoding(upload_id, one.encoding)),) for one in spellings
    )
    return Screen(
        _("Which of these is written right?"),
        (*rows, (back(_, OpenUpload(upload_id)),)),
    )


def reading_file(_: Translator, file_name: str) -> Screen:
    """Say that the file is being read."""
    return Screen(_("Reading <i>{name}</i>…", name=file_name))


def checking(_: Translator, rows: int) -> Screen:
    """Say that the file is being checked, and how many rows are done."""
    if not rows:
        return Screen(_("Checking…"))
    return Screen(_.plural("Checking… {n} row", "Checking… {n} rows", rows))


def checked(
    _: Translator, upload_id: int, tally: Tally, known: Sequence[tuple[str, int]], suppressed: int
) -> Screen:
    """Count what the rows came to, then ask why we may write to these people.

    `known` is (list, people): how many of the file each existing list has. `suppressed` of the
    ready are on the stop list.
    """
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
        Key(_("Change columns"), OpenColumns(upload_id)),
        drop_key(_, upload_id),
    )
    if not tally.ready:
        lines += ["", _("Nobody in this file can be written to. Is the right column chosen?")]
        return Screen("\n".join(lines), (last,))
    lines += ["", why_may_we(_)]
    return Screen("\n".join(lines), (*bases(_, upload_id), last))


def _unusable(_: Translator, reasons: Sequence[tuple[RowFault, int]], count: int) -> str:
    each = " · ".join(f"{_.number(n)} {plain(reason(_, why))}" for why, n in reasons)
    return _("{n} not usable: {reasons}", n=count, reasons=Markup(each))


def bad_rows_caption(_: Translator) -> str:
    """Return the caption of bad_rows.csv."""
    return _("The rows I could not use, with the reasons. Mend them and send me this file.")


def why_may_we(_: Translator) -> str:
    """Return the question about the basis."""
    return _(
        "<b>Why may we write to them?</b> Your name stays beside the answer: people who never "
        "asked to hear from you complain, and Telegram then closes the sending account."
    )


def drop_key(_: Translator, upload_id: int) -> Key:
    """Return the button that forgets the file."""
    return Key(_("✕ Cancel"), DropUpload(upload_id))


def bases(_: Translator, upload_id: int) -> tuple[tuple[Key, ...], ...]:
    """Return a button for each basis, two in a row."""
    keys = [Key(basis_word(_, basis), ChooseBasis(upload_id, basis)) for basis in Basis]
    return tuple(tuple(keys[n : n + 2]) for n in range(0, len(keys), 2))
