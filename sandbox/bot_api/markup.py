"""Keyboards of the Bot API as the world's buttons."""

from __future__ import annotations

from typing import Any

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, ReplyMarkupUnion

from sandbox.bot_api.errors import bad_request
from sandbox.world import Button

CALLBACK_DATA_BYTES = 64
_STYLES = (None, "success", "danger", "primary")
_LOOKS = {"text", "style", "icon_custom_emoji_id"}
_SERVED = {"callback_data", "url", "copy_text"}

Rows = tuple[tuple[Button, ...], ...]


def rows_of(markup: InlineKeyboardMarkup | None) -> Rows:
    """Return the buttons of an inline keyboard; raises `ApiError` for one that Telegram rejects."""
    rows = (
        (tuple(_button(button) for button in row) for row in markup.inline_keyboard)
        if markup
        else ()
    )
    return tuple(row for row in rows if row)


def _button(button: InlineKeyboardButton) -> Button:
    acts = set(button.model_dump(exclude_none=True)) - _LOOKS
    if not button.text:
        raise bad_request("can't parse inline keyboard button: Text is empty")
    if not acts:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if acts - _SERVED or len(acts) > 1:
        raise bad_request(f"the sandbox does not serve such a button: {', '.join(sorted(acts))}")
    if button.style not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    if button.callback_data is not None:
        if not 0 < len(button.callback_data.encode()) <= CALLBACK_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif button.url is not None and not button.url.startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid")
    return Button(
        text=button.text,
        callback_data=button.callback_data,
        url=button.url,
        style=button.style,
        copy_text=button.copy_text.text if button.copy_text else None,
    )


def keyboard_of(markup: ReplyMarkupUnion | None) -> tuple[Rows, dict[str, Any]]:
    """Return the inline buttons; any other keyboard is returned as a message's `extra`."""
    if markup is None or isinstance(markup, InlineKeyboardMarkup):
        return rows_of(markup), {}
    return (), {"keyboard": markup.model_dump(exclude_none=True)}
