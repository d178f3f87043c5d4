"""What the campaign screens say, at their edges. They are pure: models in, text and keys out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.campaigns import card
from bot.drafts import review
from bot.reports import file as report_file
from bot.ui.formatting import bar, masked
from db.models import operation
from db.models.campaign import CampaignStatus, Counts, Mode
from db.models.delivery import DeliveryStatus
from db.models.draft import Audience
from db.models.report import ReportLine
from tests.unit.bot.examples import ACCOUNT, CAMPAIGN, EN, NOW, PROGRESS, REVIEW


def test_the_bar_is_full_only_when_everything_is_settled() -> None:
    assert bar(Counts(1000, 999, 0, 0, 0)) == "▰▰▰▰▰▰▰▰▰▱ 99%"
    assert bar(Counts(1000, 900, 50, 49, 1)) == "▰▰▰▰▰▰▰▰▰▰ 100%"
    assert bar(Counts(0, 0, 0, 0, 0)) == "▱▱▱▱▱▱▱▱▱▱ 0%"


def test_the_expected_end_waits_for_a_resting_account() -> None:
    text = card.card(EN, PROGRESS).text
    assert "20/min · done about 15:39 UTC" in text
    text = card.card(EN, replace(PROGRESS, accounts=(ACCOUNT,))).text
    assert "20/min · done about 16:39 UTC" in text
    assert "resting until 16:00 UTC" in text


def test_a_pause_says_why_in_peoples_words() -> None:
    paused = replace(
        CAMPAIGN, status=CampaignStatus.PAUSED, pause_reason="account_lost", paused_at=NOW
    )
    text = card.card(EN, replace(PROGRESS, campaign=paused)).text
    assert "‖ paused: the account was signed out: connect it again" in text


def test_the_card_names_the_three_most_frequent_reasons() -> None:
    assert card.card(EN, PROGRESS).text.count("– REASON_") == 3


def test_a_review_counts_who_is_left_and_says_what_is_empty() -> None:
    text = review.review(EN, REVIEW).text
    assert "To 10 people" in text
    assert "minus 2 on the stop list, minus 1 not reachable before" in text
    assert "{{name}} is empty for 3 people: they get “friend”." in text
    assert "{{city}} is empty for 1 person: they get nothing in its place." in text


def test_a_test_sends_ten_messages_at_the_most() -> None:
    live = replace(REVIEW, audience=Audience(500, 0, 0))
    assert live.messages == 500
    assert replace(live, campaign=replace(CAMPAIGN, mode=Mode.TEST)).messages == 10


def test_a_campaign_that_is_prepared_shows_how_far_and_no_end() -> None:
    preparing = operation.Progress(120_000, 1_000_000)
    text = card.card(EN, replace(PROGRESS, preparing=preparing)).text
    assert "Preparing: 120,000 of 1,000,000" in text
    assert "done about" not in text
    assert "sent" not in text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("+79991234567", "+79991234567"),
        ("Anna", "Anna"),
    ],
)
def test_no_cell_is_run_as_a_formula(cell: str, written: str) -> None:
    assert report_file.safe(cell) == written


def test_phones_are_masked_for_who_may_not_see_them() -> None:
    line = ReportLine(1, None, "+79991234567", None, DeliveryStatus.SENT, None, NOW, 55)
    full = report_file.body(EN, [line], full_phones=True).decode()
    hidden = report_file.body(EN, [line], full_phones=False).decode()
    assert full.splitlines()[0] == "1,+79991234567,sent,,2026-12-04 15:00:00 +0000,55"
    assert "+79991234567" not in hidden
    assert masked("+79991234567") in hidden
