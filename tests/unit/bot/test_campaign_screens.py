"""What the campaign screens say, at their edges. They are pure: models in, text and keys out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.campaigns import card
from bot.campaigns import screens as campaigns
from bot.drafts import review
from bot.drafts import screens as building
from bot.preferences.zone import parse_zone
from bot.reports import file as report_file
from bot.reports import screens as report
from bot.ui.buttons import LIMIT_BYTES
from bot.ui.formatting import bar, masked
from bot.ui.i18n import LANGUAGES, Words
from bot.ui.reasons import delivery_reason
from bot.ui.screen import MOST_KEYS, Screen
from db.models.account import Account
from db.models.admin import Admin, Role
from db.models.campaign import Campaign, CampaignHistory, CampaignStatus, Counts, Mode
from db.models.contact_list import Basis, ContactList
from db.models.delivery import DeliveryStatus
from db.models.draft import Audience, Choices, Gap, Review
from db.models.rate import Rate
from db.models.report import ReasonCount, ReportLine, Standing
from db.models.template import Template

NOW = datetime(2026, 12, 4, 15, 0, tzinfo=UTC)
EN = Words("en", ZoneInfo("UTC"))
LONG = "Очень длинное название кампании <b>& " * 2
ADMIN = Admin(1, "Olga", Role.OWNER, "en", None)
ACCOUNT = Account(
    5,
    900,
    LONG,
    "+79990000900",
    None,
    at=NOW,
    resting_until=NOW + timedelta(hours=1),
    rest_reason="FLOOD_WAIT_30",
)
CAMPAIGN = Campaign(
    id=2**62,
    nonce=UUID(int=1),
    name=LONG[:64],
    status=CampaignStatus.RUNNING,
    mode=Mode.LIVE,
    template_id=1,
    rate=Rate(20, 60),
    retry_limit=3,
    created_by=1,
    created_at=NOW,
    starts_at=None,
    started_at=NOW,
    paused_at=None,
    pause_reason=None,
    resumes_at=None,
    finished_at=None,
    counts=Counts(total=1204, sent=400, failed=7, skipped=5, unknown=0),
)
STANDING = Standing(
    campaign=CAMPAIGN,
    contact_lists=("Clients May",),
    template="Spring offer",
    accounts=(replace(ACCOUNT, resting_until=None),),
    reasons=tuple(ReasonCount(DeliveryStatus.FAILED, f"REASON_{n}", 30 - n) for n in range(20)),
    now=NOW,
)
LISTS = tuple(
    ContactList(2**62 + n, LONG, Basis.CUSTOMER, 10**6, ("name",), 1, NOW) for n in range(5)
)
TEMPLATES = tuple(Template(2**62 + n, LONG, "Hello", (), None) for n in range(5))
CHOICES = Choices(
    CAMPAIGN, LISTS, TEMPLATES, (ACCOUNT,), frozenset({LISTS[0].id}), frozenset(), 4, NOW
)
REVIEW = Review(
    CAMPAIGN,
    LISTS,
    TEMPLATES[0],
    (ACCOUNT,),
    Audience(10, 2, 1),
    (Gap("name", "friend", 3), Gap("city", "", 1)),
    NOW,
)


def all_screens(_: Words) -> list[Screen]:
    event = CampaignHistory(1, 2, NOW, "pause", CampaignStatus.PAUSED, None, "FLOOD_WAIT_3600")
    return [
        *(step(_, CHOICES, way) for step in building.SCREENS.values() for way in "be"),
        building.ask_name(_),
        building.ask_rate(_, CAMPAIGN.id, "b"),
        building.rate_refused(_, LONG, CAMPAIGN.id, "b"),
        review.review(_, REVIEW),
        review.ask_discard(_, REVIEW),
        *(
            card.card(_, replace(STANDING, campaign=replace(CAMPAIGN, status=status)))
            for status in CampaignStatus
        ),
        card.ask_stop(_, STANDING),
        report.report(_, STANDING),
        report.happened(_, event, STANDING, None),
        campaigns.campaigns(_, ADMIN, [CAMPAIGN] * 5, 5, NOW),
        campaigns.campaigns(_, ADMIN, [], 0, NOW),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits_telegram_and_the_hand(language: str) -> None:
    for screen in all_screens(Words(language, ZoneInfo("Europe/Moscow"))):
        keys = [key for row in screen.keys for key in row]
        assert len(screen.text.encode("utf-16-le")) // 2 <= 4096
        assert all(len(key.data.encode()) <= LIMIT_BYTES for key in keys)
        assert len(keys) <= MOST_KEYS, screen
        assert sum(key.style is not None for key in keys) <= 1
        assert "<b>&" not in screen.text


def test_the_bar_is_full_only_when_everything_is_settled() -> None:
    assert bar(Counts(1000, 999, 0, 0, 0)) == "▰▰▰▰▰▰▰▰▰▱ 99%"
    assert bar(Counts(1000, 900, 50, 49, 1)) == "▰▰▰▰▰▰▰▰▰▰ 100%"
    assert bar(Counts(0, 0, 0, 0, 0)) == "▱▱▱▱▱▱▱▱▱▱ 0%"


def test_the_expected_end_waits_for_a_resting_account() -> None:
    text = card.card(EN, STANDING).text
    assert "20/min · done about 15:39 UTC" in text
    text = card.card(EN, replace(STANDING, accounts=(ACCOUNT,))).text
    assert "20/min · done about 16:39 UTC" in text
    assert "resting until 16:00 UTC" in text


def test_a_pause_says_why_in_peoples_words() -> None:
    paused = replace(
        CAMPAIGN, status=CampaignStatus.PAUSED, pause_reason="account_lost", paused_at=NOW
    )
    text = card.card(EN, replace(STANDING, campaign=paused)).text
    assert "‖ paused: the account was signed out: connect it again" in text


def test_the_card_names_the_three_most_frequent_reasons() -> None:
    assert card.card(EN, STANDING).text.count("– REASON_") == 3


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


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    assert delivery_reason(EN, "USER_IS_BLOCKED") == "blocked us"
    assert delivery_reason(EN, "BRAND_NEW_ERROR") == "BRAND_NEW_ERROR"


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


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("москва", "Europe/Moscow"),
        ("New York", "America/New_York"),
        ("+3", "Etc/GMT-3"),
        ("UTC-05:00", "Etc/GMT+5"),
        ("utc+0", "UTC"),
        ("+99", None),
        ("Atlantis", None),
    ],
)
def test_a_time_zone_is_understood_as_people_type_it(typed: str, zone: str | None) -> None:
    assert parse_zone(typed) == zone
