"""Every screen of every feature, drawn from the examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.accounts import screens as accounts
from bot.campaigns import card
from bot.campaigns import screens as campaigns
from bot.contact_lists import screens as contact_lists
from bot.drafts import review
from bot.drafts import screens as drafts
from bot.drafts.presses import Way
from bot.home import screens as home
from bot.opt_outs import screens as opt_outs
from bot.preferences import screens as preferences
from bot.reports import screens as reports
from bot.templates import compose_screens
from bot.templates import screens as templates
from bot.templates.view_model import Preview
from bot.ui import problems
from bot.ui.i18n import Translator
from bot.ui.pager import Page
from bot.ui.screen import Screen
from bot.unknowns import screens as unknowns
from bot.uploads import faults, saving_screens
from bot.uploads import screens as uploads
from bot.uploads.intake.columns import Role
from bot.uploads.intake.decode import Refusal
from bot.uploads.intake.parse import Tally
from bot.uploads.intake.preview import Spelling
from db.models import operation
from db.models.account import AccountHistory, AccountStatus
from db.models.campaign import (
    QUIET_NIGHT,
    CampaignEvent,
    CampaignHistory,
    CampaignStatus,
    Mode,
)
from db.models.caps import Caps
from db.models.forecast import Bound, Forecast
from db.models.template import Filled
from tests.unit.bot.examples import (
    ACCOUNT,
    ACCOUNTS,
    ADMIN,
    BUDGET,
    CAMPAIGN,
    DECIDED,
    DOUBT,
    FAULTY,
    FORECAST,
    GLIMPSE,
    LISTED,
    LISTS,
    LONG,
    NOTHING,
    NOW,
    ONE_ACCOUNT,
    OVERVIEW,
    PREVIEW,
    PROGRESS,
    READING,
    REVIEW,
    SECOND_PAGE,
    TALLY,
    TEMPLATES,
    UNKNOWN,
    UPLOAD,
    barred_by_command,
)
from tests.unit.bot.gathering_gallery import gathering_screens


def page(*items: object) -> Page[Any]:
    """A page in the middle of a list."""
    return Page(items, 10, len(items), True)


def all_screens(_: Translator) -> list[Screen]:
    """Every screen of every feature, as full as it can be."""
    return [
        *campaign_screens(_),
        *draft_screens(_),
        *upload_screens(_),
        *gathering_screens(_),
        *template_screens(_),
        *other_screens(_),
    ]


def campaign_screens(_: Translator) -> list[Screen]:
    """The list, the card, the report and the notifications."""
    campaigns_of = [replace(CAMPAIGN, status=status) for status in CampaignStatus]
    event = CampaignHistory(1, 2, NOW, "pause", CampaignStatus.PAUSED, None, "FLOOD_WAIT_3600")
    happenings = [*CampaignEvent, "note"]
    return [
        *(card.card(_, replace(PROGRESS, campaign=campaign)) for campaign in campaigns_of),
        card.card(_, replace(PROGRESS, preparing=operation.Progress(120_000, 1_000_000))),
        card.card(_, replace(PROGRESS, preparing=operation.Progress(120_000, None))),
        card.ask_stop(_, PROGRESS),
        campaigns.campaigns(_, ADMIN, page(*campaigns_of[:4]), NOW, {CAMPAIGN.id: FORECAST}),
        campaigns.campaigns(_, ADMIN, Page.of([], 0, 4), NOW, {}),
        reports.report(_, PROGRESS),
        reports.report(_, PROGRESS, 3),
        reports.file_failed(_, PROGRESS.campaign.id),
        unknowns.unknowns(_, ADMIN, CAMPAIGN, page(*[UNKNOWN] * 4), 412, NOW),
        unknowns.unknowns(_, ADMIN, CAMPAIGN, Page.of([], 0, 4), 0, NOW),
        *(unknowns.unknown(_, ADMIN, campaign, UNKNOWN, NOW) for campaign in campaigns_of),
        unknowns.unknown(_, ADMIN, CAMPAIGN, replace(UNKNOWN, asked_at=None, decided=DECIDED), NOW),
        *(unknowns.ask_all(_, campaign, 10**6, 5000, 2**53) for campaign in campaigns_of),
        *(
            reports.happened(_, replace(event, event=happening), PROGRESS, by)
            for happening in happenings
            for by in (None, "Olga")
        ),
    ]


def draft_screens(_: Translator) -> list[Screen]:
    """The steps and the review."""
    live = replace(CAMPAIGN, quiet_hours=QUIET_NIGHT, frequency_hours=24)
    return [
        *(
            step(_, choices, way)
            for step in drafts.SCREENS.values()
            for choices in (ONE_ACCOUNT, SECOND_PAGE, NOTHING)
            for way in Way
        ),
        drafts.ask_name(_),
        drafts.name_refused(_, 64),
        drafts.ask_rate(_, CAMPAIGN.id, Way.ONWARD),
        drafts.rate_refused(_, LONG, CAMPAIGN.id, Way.ONWARD),
        *(review.review(_, replace(REVIEW, campaign=replace(live, mode=mode))) for mode in Mode),
        review.review(_, replace(REVIEW, campaign=replace(live, frequency_skips=True))),
        *(
            review.review(
                _,
                replace(REVIEW, campaign=live, forecast=Forecast(None, bound=bound, accounts=2)),
            )
            for bound in Bound
        ),
        review.review(_, replace(REVIEW, contact_lists=(), template=None, accounts=())),
        review.ask_discard(_, REVIEW.campaign),
        review.counting(_, REVIEW.campaign.id),
        review.discarded(_, LONG),
    ]


def upload_screens(_: Translator) -> list[Screen]:
    """Contact files and contact lists."""
    unread = replace(GLIMPSE, reading=replace(READING, roles=(Role.EXTRA,) * 20))
    return [
        uploads.looked(_, UPLOAD, GLIMPSE, LISTS[0]),
        uploads.looked(_, UPLOAD, unread, None),
        *(uploads.columns(_, UPLOAD, GLIMPSE, n) for n in range(4)),
        uploads.letters(_, UPLOAD.id, [Spelling("koi8-r", LONG)] * 4),
        uploads.letters(_, UPLOAD.id, []),
        uploads.reading_file(_, LONG),
        uploads.checking(_, 0),
        uploads.checking(_, 1000),
        uploads.checked(_, UPLOAD.id, TALLY, [(LONG, 7)] * 5, 3),
        uploads.checked(_, UPLOAD.id, Tally(), [], 0),
        saving_screens.ask_basis(_, UPLOAD.id),
        saving_screens.ask_note(_, UPLOAD.id),
        saving_screens.ask_name(_, UPLOAD),
        saving_screens.one_line_wanted(_, 64),
        saving_screens.confirm(_, UPLOAD),
        saving_screens.saving(_, UPLOAD.id),
        saving_screens.saving(_, UPLOAD.id, 12_400, 225_000),
        saving_screens.saved(_, LISTS[0]),
        saving_screens.failed(_),
        saving_screens.dropped(_),
        *(faults.refused(_, why) for why in Refusal),
        faults.too_big(_, 21),
        faults.not_fetched(_),
        contact_lists.page(_, ADMIN, page(*LISTS)),
        contact_lists.page(_, ADMIN, Page.of([], 0, 5)),
        contact_lists.card(_, ADMIN, LISTS[0], LONG),
        contact_lists.card(_, ADMIN, replace(LISTS[0], archived_at=NOW), LONG),
        contact_lists.card(_, ADMIN, replace(LISTS[0], account_id=1), LONG),
        contact_lists.ask_delete(_, LISTS[0], 3),
    ]


def template_screens(_: Translator) -> list[Screen]:
    """Messages, saved and being composed."""
    return [
        templates.page(_, ADMIN, page(*TEMPLATES[:4])),
        templates.page(_, ADMIN, Page.of([], 0, 4)),
        templates.card(_, ADMIN, TEMPLATES[0], None),
        templates.ask_delete(_, TEMPLATES[0]),
        compose_screens.ask_message(_, ("name", "city")),
        compose_screens.album(_),
        compose_screens.not_sendable(_),
        *(compose_screens.too_long(_, 5000, most, "Reply STOP") for most in (1024, 4096)),
        compose_screens.too_big(_),
        compose_screens.not_fetched(_),
        compose_screens.mistaken(_, [LONG] * 9),
        compose_screens.previewed(_, PREVIEW),
        compose_screens.previewed(_, Preview(TEMPLATES[0], Filled("Hello", ()))),
        compose_screens.ask_name(_, LONG),
        compose_screens.name_refused(_, 64),
        compose_screens.saved(_, TEMPLATES[0]),
    ]


def other_screens(_: Translator) -> list[Screen]:
    """Home, accounts, opt-outs, preferences and problems."""
    ready = replace(ACCOUNT, resting_until=None)
    statuses = [
        ready,
        ACCOUNT,
        replace(ready, limited_until=NOW + timedelta(days=1), limit_reason="PEER_FLOOD"),
        replace(ready, held_at=NOW, hold_reason="FLOOD_WAIT_7200"),
        replace(ready, lost_at=NOW, loss_reason="SESSION_REVOKED"),
        replace(ready, disabled_at=NOW),
    ]
    event = AccountHistory(1, 2**62, LONG, AccountStatus.HELD, "FLOOD_WAIT_7200")
    return [
        home.dashboard(_, ADMIN, OVERVIEW),
        home.dashboard(_, ADMIN, replace(OVERVIEW, accounts=(), has_lists=False)),
        home.dashboard(_, replace(ADMIN, zone="UTC"), replace(OVERVIEW, under_way=(), drafts=())),
        home.help_text(_, ADMIN),
        home.cancelled(_, "Building:name"),
        home.cancelled(_, None),
        accounts.accounts(_, page(*ACCOUNTS[:5]), NOW),
        accounts.accounts(_, Page.of([], 0, 5), NOW),
        *(accounts.account(_, ADMIN, found, BUDGET) for found in statuses),
        accounts.happened(_, event),
        accounts.happened(_, replace(event, status=AccountStatus.LIMITED, reason="PEER_FLOOD")),
        accounts.ask_caps(_, 2**62, Caps(), refused=True),
        opt_outs.stop_list(_, ADMIN, 10**6, None),
        opt_outs.ask_line(_, "Reply STOP"),
        opt_outs.line_refused(_),
        opt_outs.barred(_, barred_by_command(LISTED, FAULTY)),
        opt_outs.phone_or_id(_, barred_by_command(LISTED, FAULTY).to_ask[0]),
        opt_outs.question(_, DOUBT),
        opt_outs.decided(_, replace(DOUBT, stops=True)),
        preferences.settings(_, NOW),
        preferences.zones(_),
        preferences.zone_unknown(_, LONG),
        problems.database_down(_),
        problems.unexpected(_, "A2B3"),
        problems.not_shown(_),
        problems.unhandled(_),
    ]
