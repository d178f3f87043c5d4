"""The buttons of a contact list."""

from __future__ import annotations

from bot.ui.buttons import Press


class SendProofs(Press, data="l:{contact_list_id}:proofs"):
    """A file with the message by which each member wrote to us."""

    contact_list_id: int


class AskDeleteList(Press, data="l:{contact_list_id}:ask_delete"):
    """The question before a list is deleted."""

    contact_list_id: int


class DeleteList(Press, data="l:{contact_list_id}:delete"):
    contact_list_id: int
