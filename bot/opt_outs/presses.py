"""The buttons of the stop list, of the closing line and of an unclear reply."""

from __future__ import annotations

from bot.ui.buttons import Press


class OpenStopList(Press, data="o:0:show"):
    pass


class AskLine(Press, data="o:0:ask_line"):
    """The question about the closing line."""


class UseDefaultLine(Press, data="o:0:own_line"):
    """The closing line that comes with the product."""


class BarPhone(Press, data="o:{number}:bar_phone"):
    """The digits behind /optout are a phone."""

    number: int


class BarUser(Press, data="o:{user_id}:bar_id"):
    """The digits behind /optout are a Telegram id."""

    user_id: int


class StopWriting(Press, data="o:{reply_id}:stop"):
    """The unclear reply is an opt-out."""

    reply_id: int


class GoOnWriting(Press, data="o:{reply_id}:go_on"):
    """The unclear reply is no opt-out."""

    reply_id: int
