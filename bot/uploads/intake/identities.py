"""One cell to one recipient: phones in E.164, usernames without @, ids as numbers, or a fault."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from db.models.contact import Identity


class RowFault(StrEnum):
    """Why a row has no recipient that we could write to."""

    EMPTY = "empty"
    PHONE_TOO_SHORT = "phone_too_short"
    PHONE_TOO_LONG = "phone_too_long"
    NOT_A_PHONE = "not_a_phone"
    TWO_NUMBERS = "two_numbers"
    DIGITS_CUT_OFF = "digits_cut_off"
    NOT_A_USERNAME = "not_a_username"
    INVITE_LINK = "invite_link"
    NOT_AN_ID = "not_an_id"
    NOT_JSON = "not_json"
    LINE_TOO_LONG = "line_too_long"
    CELL_TOO_LONG = "cell_too_long"
    KEY_TOO_LONG = "key_too_long"
    TOO_MANY_CELLS = "too_many_cells"


_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_LINK = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/(?:s/)?"
    r"|(?:https?://)?(?:\w+\.)?tgstat\.\w+/(?:\w+/)*(?=@)"
    r"|tg://resolve\?domain=)",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"[/?&#].*", re.DOTALL)
_INVITE = re.compile(r"\+|joinchat", re.IGNORECASE)
_ID = re.compile(r"-?\d{1,19}")
_EXPONENT = re.compile(r"(\d)[.,](\d+)E\+?(\d{1,3})", re.IGNORECASE)
_FLOAT = re.compile(r"(\d+)[.,]0+")
_LABEL = re.compile(r"^(?:tel|phone|mob|моб|тел|т|сот)[^\d+(]{0,12}", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(?:доб|вн|ext|x|#)[.:\s]*\d{1,6}\s*$", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_SEVERAL = re.compile(r"[,;/|\n\\]|\s(?:и|или|and|or)\s", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_NOT_A_DIGIT = re.compile(r"\D+")
_PLAIN = re.compile(r"\+?[0-9 ()-]+")
_NO_SIGNS = str.maketrans("", "", "+ ()-")
_SEVENS = ("RU", "KZ")  # where +7 is dialled as 8
_LONGEST_ID = 2**63 - 1
_FEWEST_DIGITS = 10  # of each number when a cell holds several
_LONGEST_WORD = 256  # characters; of longer ones normalization takes quadratic time


def tidy(cell: str) -> str:
    """Strip a cell of spaces of all kinds, of Excel's ="…" and of its leading apostrophe."""
    if not cell.isascii() and max(map(len, cell.split()), default=0) <= _LONGEST_WORD:
        cell = unicodedata.normalize("NFKC", cell).replace("\u200b", "").replace("\ufeff", "")
    cell = cell.strip()
    if cell.startswith(('="', "='")):
        cell = cell[2:].rstrip("\"'")
    return cell[1:] if cell.startswith("'") else cell


def username(cell: str) -> Identity | RowFault:
    """Read `@name`, `name`, a t.me link or tg://resolve: 4 to 32 characters, a letter first."""
    link = _LINK.match(cell)
    bare = cell[link.end() :] if link else cell
    if link and _INVITE.match(bare):
        return RowFault.INVITE_LINK
    bare = (_AFTER_NAME.sub("", bare) if link else bare).removeprefix("@").rstrip()
    return Identity(username=bare) if _USERNAME.fullmatch(bare) else RowFault.NOT_A_USERNAME


def user_id(cell: str) -> Identity | RowFault:
    """Read a numeric id as Telegram gives it, also when Excel wrote it as a float."""
    if whole := _FLOAT.fullmatch(cell):
        cell = whole[1]
    if _EXPONENT.fullmatch(cell):
        return RowFault.DIGITS_CUT_OFF
    if not _ID.fullmatch(cell) or not 0 < abs(int(cell)) <= _LONGEST_ID:
        return RowFault.NOT_AN_ID
    return Identity(user_id=int(cell))


def phone(cell: str, region: str) -> Identity | RowFault:
    """Read a phone in any usual spelling; national numbers are of `region` ("RU")."""
    cell = _BLANKS.sub(" ", cell)  # the patterns take quadratic time over a run of blanks
    if region in _SEVENS and _PLAIN.fullmatch(cell):
        digits = cell.translate(_NO_SIGNS)
        if len(digits) == 11 and digits[0] in "78":
            return Identity(phone="+7" + digits[1:])  # the common case, without the slow parser
    if exponent := _EXPONENT.fullmatch(cell):
        digits = exponent[1] + exponent[2]
        if len(digits) != int(exponent[3]) + 1:
            return RowFault.DIGITS_CUT_OFF
        cell = digits
    elif whole := _FLOAT.fullmatch(cell):
        cell = whole[1]
    cell = _EXTENSION.sub("", _LABEL.sub("", cell))
    if _holds_several(cell):
        return RowFault.TWO_NUMBERS
    digits = _NOT_A_DIGIT.sub("", cell)
    if not digits or _LETTER.search(cell):
        return RowFault.NOT_A_PHONE
    international = cell.lstrip("( ").startswith("+")
    if region in _SEVENS and len(digits) == 11 and digits[0] in "78":
        return Identity(phone="+7" + digits[1:])
    if digits.startswith("00"):
        digits, international = digits[2:], True
    return _parsed(digits, region, international=international)


def valid_phone(cell: str, region: str) -> Identity | None:
    """Return the phone of a cell, None unless its country gives out such numbers.

    `phone` takes any number of a possible length.
    """
    for written in (cell, f"+{cell}"):
        found = phone(written, region)
        if isinstance(found, Identity) and phonenumbers.is_valid_number(
            phonenumbers.parse(found.phone or "")
        ):
            return found
    return None


def _holds_several(cell: str) -> bool:
    digits = [len(_NOT_A_DIGIT.sub("", part)) for part in _SEVERAL.split(cell)]
    return sum(n >= _FEWEST_DIGITS for n in digits) > 1 or sum(digits) >= 2 * _FEWEST_DIGITS


def _parsed(digits: str, region: str, *, international: bool) -> Identity | RowFault:
    """Parse as written; then with a leading "+", if that makes a valid number."""
    first, why = _possible("+" + digits if international else digits, region)
    if first is not None:
        return Identity(phone=first)
    if not international:
        other, _ = _possible("+" + digits, region, really=True)
        if other is not None:
            return Identity(phone=other)
    return why


def _possible(written: str, region: str, *, really: bool = False) -> tuple[str | None, RowFault]:
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException as error:
        short = error.error_type == NumberParseException.TOO_SHORT_NSN
        return None, RowFault.PHONE_TOO_SHORT if short else RowFault.NOT_A_PHONE
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict == ValidationResult.IS_POSSIBLE:
        if really and not phonenumbers.is_valid_number(number):
            return None, RowFault.NOT_A_PHONE
        return phonenumbers.format_number(number, PhoneNumberFormat.E164), RowFault.NOT_A_PHONE
    if verdict in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return None, RowFault.PHONE_TOO_SHORT
    if verdict == ValidationResult.TOO_LONG:
        return None, RowFault.PHONE_TOO_LONG
    long = len(written) > 12
    return None, RowFault.PHONE_TOO_LONG if long else RowFault.PHONE_TOO_SHORT


def is_username(cell: str) -> bool:
    """Whether a cell is marked as a username, by an @ or a link."""
    return cell.startswith("@") or _LINK.match(cell) is not None


def looks_like_recipient(cell: str) -> bool:
    """Whether a cell may be a recipient: @name, a link, or enough digits and nothing else."""
    cell = tidy(cell)
    if is_username(cell):
        return isinstance(username(cell), Identity)
    if len(cell) > 40 or _LETTER.search(_LABEL.sub("", cell)):
        return _EXPONENT.fullmatch(cell) is not None
    return _FEWEST_DIGITS <= len(_NOT_A_DIGIT.sub("", cell)) <= 15
