"""The buttons of a contact file on its way to be a list."""

from __future__ import annotations

from bot.ui.buttons import Press
from bot.uploads.intake.decode import ENCODINGS
from db.models.contact_list import Basis


class OpenUpload(Press, data="u:{upload_id}:look"):
    """How the file is read."""

    upload_id: int


class OpenColumns(Press, data="u:{upload_id}:columns:{page}"):
    """What each column holds; `page` counts from 0."""

    upload_id: int
    page: int = 0


class ChangeColumn(Press, data="u:{upload_id}:turn:{column}"):
    """Give the column, counted from 0, its next role."""

    upload_id: int
    column: int


class OpenSpellings(Press, data="u:{upload_id}:letters"):
    """The file's first name in several encodings."""

    upload_id: int


class ChooseEncoding(Press, data="u:{upload_id}:encode:{encoding}"):
    """`encoding` is a key of ENCODINGS."""

    upload_id: int
    encoding: str

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            raise ValueError(self.encoding)


class CheckUpload(Press, data="u:{upload_id}:check"):
    upload_id: int


class AskBasis(Press, data="u:{upload_id}:why"):
    """The question why we may write to these people."""

    upload_id: int


class ChooseBasis(Press, data="u:{upload_id}:basis:{basis}"):
    upload_id: int
    basis: Basis


class KeepListName(Press, data="u:{upload_id}:keep"):
    """Name the list after its file."""

    upload_id: int


class SaveUpload(Press, data="u:{upload_id}:save"):
    upload_id: int


class CancelSaving(Press, data="u:{upload_id}:halt"):
    upload_id: int


class DropUpload(Press, data="u:{upload_id}:drop"):
    upload_id: int
