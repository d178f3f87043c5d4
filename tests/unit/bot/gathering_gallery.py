"""Every screen about people who wrote to an account, with the longest values."""

from __future__ import annotations

from bot.gatherings import screens as gatherings
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from db.models.gathering import NOT_CONNECTED, Wish
from tests.unit.bot.examples import ACCOUNT, ACCOUNTS, ADMIN, LISTS, LONG


def gathering_screens(_: Translator) -> list[Screen]:
    """People who wrote to an account."""
    wish, left_out = Wish(30, (LONG,) * 3), {"refused": 12_400, "unclear": 7, "suppressed": 1}
    return [
        gatherings.ask_account(_, ACCOUNTS),
        gatherings.ask_account(_, []),
        gatherings.ask_days(_, ACCOUNT),
        gatherings.ask_typed_days(_, 2**62),
        gatherings.ask_words(_, 2**62),
        gatherings.words_wanted(_, 2**62),
        gatherings.ask_name(_, ACCOUNT),
        gatherings.one_line_wanted(_),
        gatherings.confirm(_, ADMIN, ACCOUNT, wish, LONG),
        gatherings.confirm(_, ADMIN, ACCOUNT, Wish(), LONG),
        gatherings.begin_again(_, 2**62),
        gatherings.gathering(_, 2**62),
        gatherings.gathering(_, 2**62, 12_400, 225_000),
        gatherings.busy(_),
        gatherings.made(_, LISTS[0], left_out),
        gatherings.nothing_found(_, 2**62, left_out),
        gatherings.nothing_found(_, 2**62, dict.fromkeys(left_out, 0)),
        gatherings.cancelled(_),
        gatherings.failed(_, 2**62, NOT_CONNECTED),
        gatherings.failed(_, 2**62, "ValueError"),
    ]
