"""The buttons of a gathering: a contact list of the people who wrote to an account."""

from __future__ import annotations

from bot.ui.buttons import Press


class ChooseDays(Press, data="g:{account_id}:days:{days}"):
    """Those who wrote within so many days; 0: ever."""

    account_id: int
    days: int


class TypeDays(Press, data="g:{account_id}:type_days"):
    """The question about another number of days."""

    account_id: int


class AnyWords(Press, data="g:{account_id}:any_words"):
    """Those who wrote, whatever they said."""

    account_id: int


class KeepName(Press, data="g:{account_id}:keep"):
    """Name the list after its account."""

    account_id: int


class StartGathering(Press, data="g:{account_id}:start"):
    account_id: int


class CancelGathering(Press, data="g:{account_id}:halt"):
    account_id: int
