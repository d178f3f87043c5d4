"""Every reason has words: the product's own, the breakers', and each listed error of Telegram's."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.ui.i18n import LANGUAGES, Translator
from bot.ui.reasons import delivery_reason, trouble
from db.models.breaker import Breaker
from db.models.reason import Reason, TelegramReason, telegram_reason
from sender.outcome.error_table import TABLE
from tests.unit.bot.examples import EN

QUERIES = Path(__file__).parents[3] / "db" / "queries"
CHOSEN_IN_SQL = {  # statement by statement: what a CASE gives out as a reason
    "claims.py": {Reason.SUPPRESSED, Reason.UNREACHABLE, Reason.FREQUENCY},
    "rescues.py": {Reason.CANCELLED, Reason.ACCOUNT_LOST, Reason.EXPIRED},
}
NAMES = [name.replace("#", "37").replace("*", "ANYTHING") for row in TABLE for name in row.names]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", [*Reason, *Breaker])
def test_a_reason_of_our_own_has_words(reason: StrEnum, language: str) -> None:
    _ = Translator(language, ZoneInfo("UTC"))
    for said in (delivery_reason(_, reason), trouble(_, reason)):
        assert said
        assert said != reason
        assert language == "en" or re.search("[а-я]", said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_listed_error_has_words(name: str, language: str) -> None:
    _ = Translator(language, ZoneInfo("UTC"))
    for said in (delivery_reason(_, name), trouble(_, name)):
        assert name not in said
        assert language == "en" or re.search("[а-я]", said)


def test_every_meaning_of_an_error_is_met_by_some_listed_name() -> None:
    assert {telegram_reason(name) for name in NAMES} == set(TelegramReason)


def test_no_two_kinds_of_reasons_share_a_name() -> None:
    names = [*Reason, *Breaker]
    assert len(set(names)) == len(names)
    assert not any(telegram_reason(name) for name in names)


def test_sql_gives_out_reasons_of_the_enum() -> None:
    given = {
        path.name: {
            literal
            for case in re.findall(
                r"\bCASE\b((?:(?!\bCASE\b).)*?)\bEND AS (?:reason|skip_reason)\b",
                path.read_text(),
                re.DOTALL,
            )
            for literal in re.findall(r"THEN '(\w+)'", case)
        }
        for path in QUERIES.glob("*.py")
    }
    assert {name: found for name, found in given.items() if found} == CHOSEN_IN_SQL


def test_a_reason_that_is_not_known_is_shown_as_it_is() -> None:
    assert delivery_reason(EN, "USER_IS_BLOCKED") == "blocked us"
    assert delivery_reason(EN, "BRAND_NEW_ERROR") == "BRAND_NEW_ERROR"
    assert delivery_reason(EN, "unclassified:BRAND_NEW") == "Telegram refused: BRAND_NEW"
    assert delivery_reason(EN, "") == "no reason given"


def test_a_lost_account_is_told_by_what_can_be_done() -> None:
    assert delivery_reason(EN, Reason.ACCOUNT_LOST) == "the account was signed out"
    assert trouble(EN, Reason.ACCOUNT_LOST) == "the account was signed out: connect it again"
