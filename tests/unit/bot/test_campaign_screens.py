"""What the campaign screens say, at their edges. They are pure: models in, text and keys out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.campaigns import card
from bot.campaigns.pace import PaceMeter
from bot.campaigns.view_model import Progress
from bot.drafts import review
from bot.reports import file as report_file
from bot.ui.campaign_lines import campaign_line
from bot.ui.forecast_lines import pace_word
from bot.ui.formatting import bar, masked
from db.models import forecast, operation
from db.models.campaign import Campaign, CampaignStatus, Counts, Mode
from db.models.caps import Budget, Caps
from db.models.delivery import DeliveryStatus
from db.models.draft import Audience
from db.models.forecast import Bound
from db.models.playing import play
from db.models.rate import Rate
from db.models.report import ReportLine
from tests.unit.bot.examples import ACCOUNT, CAMPAIGN, EN, FORECAST, NOW, PROGRESS, REVIEW


def test_the_bar_is_full_only_when_everything_is_settled() -> None:
    assert bar(Counts(1000, 999, 0, 0, 0)) == "▰▰▰▰▰▰▰▰▰▱ 99%"
    assert bar(Counts(1000, 900, 50, 49, 1)) == "▰▰▰▰▰▰▰▰▰▰ 100%"
    assert bar(Counts(0, 0, 0, 0, 0)) == "▱▱▱▱▱▱▱▱▱▱ 0%"


def with_forecast(rests_until: datetime | None) -> Progress:
    """The example from an account with wide caps, which knows everybody."""
    caps = Caps(60_000, 10**5, 10**5, 0, 10**5)
    account = forecast.Account(Budget(5, caps, NOW, NOW, NOW, 0, 0, 0), rests_until)
    crowd = forecast.Crowd((forecast.People(known={frozenset({5}): CAMPAIGN.counts.pending}),))
    outlook = forecast.Outlook(CAMPAIGN, crowd.count, NOW, NOW, crowd, (account,))
    return replace(PROGRESS, forecast=play(outlook), pace=None)


def test_the_expected_end_waits_for_a_resting_account() -> None:
    text = card.card(EN, with_forecast(None)).text
    assert "20/min · done about 15:39 UTC" in text
    resting = replace(with_forecast(ACCOUNT.resting_until), accounts=(ACCOUNT,))
    text = card.card(EN, resting).text
    assert "20/min · done about 16:39 UTC" in text
    assert "resting until 16:00 UTC" in text


def test_a_card_says_what_holds_it_up_who_waits_and_its_real_pace() -> None:
    text = card.card(EN, PROGRESS).text
    assert "20/min, now 6/min · done about Wed 23 Dec" in text
    assert "10 new people a day and account; 2 accounts would halve it." in text
    assert "14 wait until 5 Dec, 10:00 UTC: they got another campaign's message" in text


def test_a_review_says_before_start_who_waits_and_who_is_left_out() -> None:
    live = replace(REVIEW.campaign, frequency_hours=24)
    found = replace(
        REVIEW,
        campaign=live,
        audience=Audience(30, 0, 0),
        forecast=replace(FORECAST, reached_by=("Spring sale",)),
    )
    shown = review.review(EN, found)
    assert "done about <b>Wed 23 Dec</b>" in shown.text
    assert "<b>14</b> got Spring sale within 24 h: they get this from 5 Dec, 10:00" in shown.text
    assert any(key.text == "Start: 30 messages" for row in shown.keys for key in row)
    skips = replace(found, campaign=replace(live, frequency_skips=True))
    shown = review.review(EN, skips)
    assert "<b>14</b> got Spring sale within 24 h: they are left out." in shown.text
    assert any(key.text == "Start: 16 messages" for row in shown.keys for key in row)


def test_a_campaign_that_goes_on_by_itself_says_when_it_is_done() -> None:
    resumes_at = NOW + timedelta(hours=17)
    paused = replace(CAMPAIGN, status=CampaignStatus.PAUSED, paused_at=NOW, resumes_at=resumes_at)
    text = card.card(EN, replace(PROGRESS, campaign=paused)).text
    assert "20/min · goes on by itself at 5 Dec, 08:00 UTC\nDone about Wed 23 Dec." in text
    assert campaign_line(EN, paused, NOW, FORECAST).endswith("· paused · about Wed 23 Dec")
    assert campaign_line(EN, CAMPAIGN, NOW, FORECAST).endswith("412 of 1,204 · about Wed 23 Dec")
    assert campaign_line(EN, CAMPAIGN, NOW).endswith("· running")


def readings(campaign: Campaign, *sent: int) -> list[float | None]:
    """What a meter says of a campaign that has sent so many, a minute apart."""
    minutes = iter(range(len(sent)))
    meter = PaceMeter(lambda: 60.0 * next(minutes))
    return [meter.read(replace(campaign, counts=Counts(1204, n, 0, 0, 0))) for n in sent]


def test_a_pace_below_the_rate_is_measured_over_minutes() -> None:
    """At 20/min, of which a slow database lets 10 go."""
    assert readings(CAMPAIGN, 0, 10, 20, 30) == [None, *[pytest.approx(1 / 6)] * 3]
    assert readings(CAMPAIGN, 0, 19, 38, 57) == [None] * 4
    assert readings(CAMPAIGN, *range(0, 100, 10))[-1] == pytest.approx(1 / 6)
    assert readings(replace(CAMPAIGN, status=CampaignStatus.PAUSED), 0, 10, 20) == [None] * 3
    assert readings(replace(CAMPAIGN, rate=Rate(1, 3600)), 0, 0, 0) == [None] * 3


def test_a_pace_is_written_as_a_rate() -> None:
    assert [pace_word(EN, one) for one in (5.2, 1 / 6, 1 / 60, 1e-9)] == [
        "5/s",
        "10/min",
        "60/h",
        "1/h",
    ]


def test_a_forecast_without_an_end_says_why() -> None:
    none = replace(FORECAST, done_at=None, bound=Bound.NO_ACCOUNT)
    assert "no account can send now" in card.card(EN, replace(PROGRESS, forecast=none)).text
    years = replace(FORECAST, done_at=NOW + timedelta(days=1000))
    assert "done about Thu, 30 Aug 2029" in card.card(EN, replace(PROGRESS, forecast=years)).text
    long = replace(FORECAST, done_at=None)
    assert "not done within ten years" in card.card(EN, replace(PROGRESS, forecast=long)).text


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
