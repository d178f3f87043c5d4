"""The buttons of messages: those that are saved, and the one being composed."""

from __future__ import annotations

from bot.ui.buttons import Press


class OpenTemplate(Press, data="t:{template_id}:show"):
    template_id: int


class AskDeleteTemplate(Press, data="t:{template_id}:ask_delete"):
    """The question before a message is deleted."""

    template_id: int


class DeleteTemplate(Press, data="t:{template_id}:delete"):
    template_id: int


class NewTemplate(Press, data="t:0:new"):
    """The first question about a new message."""


class ShowAnotherPerson(Press, data="t:0:another"):
    """The message being composed, as another person gets it."""


class AskTemplateName(Press, data="t:0:name"):
    """The question about the name of the message being composed."""


class KeepTemplateName(Press, data="t:0:keep"):
    """Save it under the suggested name."""
