"""What is wrong with a file or with a row of it, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui.i18n import Translator
from bot.ui.screen import Screen, home
from bot.uploads.intake.bad_rows import bad_rows
from bot.uploads.intake.decode import Refusal
from bot.uploads.intake.identities import RowFault
from bot.uploads.intake.limits import LONGEST_CELL, LONGEST_KEY, LONGEST_LINE, MOST_CELLS
from bot.uploads.intake.parse import Tally


def refused(_: Translator, why: Refusal) -> Screen:
    """Say why this file cannot be a contact list, and what to send instead."""
    sentence = {
        Refusal.EMPTY: _("This file is empty. Is it the right one?"),
        Refusal.XLSX: _(
            "This is an Excel workbook. In Excel: File → Save as → CSV UTF-8, then send me that."
        ),
        Refusal.XLS: _(
            "This is an old Excel or Word file. In Excel: File → Save as → CSV UTF-8, "
            "then send me that."
        ),
        Refusal.ARCHIVE: _("This is an archive. Unpack it and send me the CSV or TXT inside."),
        Refusal.PDF: _(
            "This is a PDF: its table cannot be read reliably. Ask for the same list as CSV."
        ),
        Refusal.PICTURE: _(
            "This is a picture: I do not guess phone numbers from pixels. Send the list as CSV or "
            "TXT, or paste it as a message after /lists."
        ),
        Refusal.MARKUP: _(
            "This is a web page that calls itself a table. Open it in Excel, save it as CSV UTF-8, "
            "then send me that."
        ),
        Refusal.BINARY: _("This is no text, so there is no list in it. Send a CSV, JSONL or TXT."),
        Refusal.HEADER_ONLY: _("This file has a header and nothing under it."),
        Refusal.LONG_ROWS: _(
            "The lines of this file are too long to be read: a line may have {line} characters, a "
            "cell {cell}, and there may be {cells} cells in a line. Put one person on each line "
            "and send it again.",
            line=LONGEST_LINE,
            cell=LONGEST_CELL,
            cells=MOST_CELLS,
        ),
        Refusal.LONG_TITLE: _(
            "The title of a column is longer than {n} characters. Shorten it in the first line "
            "and send the file again.",
            n=LONGEST_KEY,
        ),
    }[why]
    return Screen(sentence, ((home(_),),))


def too_big(_: Translator, megabytes: int) -> Screen:
    """Refuse a file that the Bot API does not give to bots."""
    return Screen(
        _(
            "This file has {n} MB, and Telegram gives bots files of up to 20 MB. Split it into "
            "parts, each with the header line, and send them one after another: who is in two "
            "parts still gets one message.",
            n=megabytes,
        ),
        ((home(_),),),
    )


def not_fetched(_: Translator) -> Screen:
    """Say that the file could not be downloaded."""
    return Screen(_("Telegram did not give me the file. Send it once more."), ((home(_),),))


def reason(_: Translator, why: RowFault) -> str:
    """Return why a row cannot be used, short enough for a cell of bad_rows.csv."""
    return {
        RowFault.EMPTY: _("empty"),
        RowFault.PHONE_TOO_SHORT: _("phone too short"),
        RowFault.PHONE_TOO_LONG: _("phone too long"),
        RowFault.NOT_A_PHONE: _("not a phone number"),
        RowFault.TWO_NUMBERS: _("two numbers in one cell"),
        RowFault.DIGITS_CUT_OFF: _("Excel has cut the digits off"),
        RowFault.NOT_A_USERNAME: _("not a username"),
        RowFault.INVITE_LINK: _("an invite link, not a username"),
        RowFault.NOT_AN_ID: _("not an id"),
        RowFault.NOT_JSON: _("the line is not JSON"),
        RowFault.LINE_TOO_LONG: _("the line is longer than {n} characters", n=LONGEST_LINE),
        RowFault.CELL_TOO_LONG: _("a cell is longer than {n} characters", n=LONGEST_CELL),
        RowFault.KEY_TOO_LONG: _("a key is longer than {n} characters", n=LONGEST_KEY),
        RowFault.TOO_MANY_CELLS: _("more than {n} columns", n=MOST_CELLS),
    }[why]


def bad_rows_file(_: Translator, tally: Tally, titles: Sequence[str]) -> bytes:
    """Return bad_rows.csv with every rejected row. It may run in a thread."""
    reasons = {why: reason(_, why) for why, _count in tally.reasons}
    return bad_rows(tally.rejected, titles, (_("row"), _("reason")), reasons.__getitem__)
