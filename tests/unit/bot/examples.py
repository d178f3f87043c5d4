"""Models at the edges of what screens show: long names, large ids, many of everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.campaigns.view_model import Progress
from bot.drafts.view_model import Choices, Review
from bot.home.view_model import Overview
from bot.opt_outs.intake.readings import Fault, NotUnderstood, Number
from bot.opt_outs.view_model import Barred, Outcome
from bot.templates.view_model import Preview
from bot.ui.i18n import Translator
from bot.uploads.intake.columns import Reading, Role
from bot.uploads.intake.identities import RowFault
from bot.uploads.intake.parse import Rejected, Tally
from bot.uploads.intake.preview import FilePreview
from bot.uploads.intake.tables import Layout
from db.models.account import Account
from db.models.admin import Admin
from db.models.admin import Role as AdminRole
from db.models.campaign import (
    Campaign,
    CampaignStatus,
    Counts,
    Mode,
)
from db.models.caps import Budget, Caps
from db.models.contact import Identity
from db.models.contact_list import Basis, ContactList, Member, Upload
from db.models.delivery import DeliveryStatus
from db.models.draft import Audience, Gap
from db.models.forecast import Bound, Forecast
from db.models.person import ListedPerson
from db.models.rate import Rate
from db.models.reply import UnclearReply
from db.models.report import ReasonCount, Responses
from db.models.template import Filled, Template
from db.models.unknown import Decided, Decision, Unknown

NOW = datetime(2026, 12, 4, 15, 0, tzinfo=UTC)
EN = Translator("en", ZoneInfo("UTC"))
LONG = "Очень длинное название кампании <b>& " * 2
ADMIN = Admin(1, "Olga", AdminRole.OWNER, "en", None)
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
FORECAST = Forecast(
    done_at=NOW + timedelta(days=19),
    per_day=10,
    bound=Bound.FIRST_PER_DAY,
    accounts=1,
    strangers=190,
    first_per_day=10,
    waiting=14,
    shared=3,
    first_due_at=NOW + timedelta(hours=19),
    reached_by=("Spring sale", LONG) * 4,
)
PROGRESS = Progress(
    campaign=CAMPAIGN,
    contact_lists=("Clients May",),
    template="Spring offer",
    accounts=(replace(ACCOUNT, resting_until=None),),
    reasons=tuple(ReasonCount(DeliveryStatus.FAILED, f"REASON_{n}", 30 - n) for n in range(20)),
    now=NOW,
    responses=Responses(3, 9, 2),
    forecast=FORECAST,
    pace=0.1,
)
LISTS = tuple(
    ContactList(2**62 + n, LONG, Basis.CUSTOMER, 10**6, ("name",), 1, NOW) for n in range(5)
)
TEMPLATES = tuple(Template(2**62 + n, LONG, "Hello", (), None) for n in range(5))
ACCOUNTS = tuple(replace(ACCOUNT, id=2**62 + n) for n in range(10))
ONE_ACCOUNT = Choices(
    CAMPAIGN, LISTS, TEMPLATES, (ACCOUNT,), frozenset({LISTS[0].id}), frozenset(), 0, NOW
)
SECOND_PAGE = replace(
    ONE_ACCOUNT, accounts=ACCOUNTS, chosen_accounts=frozenset({ACCOUNTS[5].id}), offset=4
)
NOTHING = replace(ONE_ACCOUNT, contact_lists=(), templates=(), accounts=())
REVIEW = Review(
    CAMPAIGN,
    LISTS,
    TEMPLATES[0],
    (ACCOUNT,),
    Audience(10, 2, 1),
    (Gap("name", "friend", 3), Gap("city", "", 1)),
    NOW,
    forecast=FORECAST,
)
UPLOAD = Upload(
    2**62, 1, LONG, b"", {"name": LONG, "ready": 10**6, "basis": "other", "note": "Our <staff>"}
)
TITLES = tuple(f"{LONG}{n}" for n in range(20))
READING = Reading(Layout("cp1251", ";"), True, (Role.PHONE, Role.NAME, *[Role.EXTRA] * 18), TITLES)
GLIMPSE = FilePreview(READING, 10**6, ((LONG,) * 20,) * 3)
TALLY = Tally(10**6, 21, [Rejected(n, [LONG], reason) for n, reason in enumerate(RowFault)])
MEMBER = Member(None, "+79991234567", None, {"name": LONG})
DOUBT = UnclearReply(2**62, 4242, 1, "stop <b>" * 200, LONG, None, None, stops=None)
DECIDED = Decided(Decision.SEND_AGAIN, LONG, NOW)
UNKNOWN = Unknown(
    2**62, 2**62, 1, LONG, "a" * 32, "+79991234567", 4242, NOW, NOW, LONG, "unclassified:" + LONG
)
FAULTY = NotUnderstood(LONG, Fault.BOTH)
LISTED = ListedPerson(2**52, LONG, "a" * 32, "+79991234567", 12, frozenset())
PHONE = Identity(phone="+79991234567")


def barred_by_command(listed: ListedPerson, fault: NotUnderstood) -> Outcome:
    """An /optout that named everything: known people, others, digits alone, nothing."""
    barred = tuple(
        Barred("9" * 15, Identity(user_id, "+79991234567", "a" * 32), people, already)
        for user_id in (2**52, None)
        for people in ((listed,), (replace(listed, name=None, lists=0),), ())
        for already in (True, False)
    )
    faults = tuple(replace(fault, fault=one) for one in Fault)
    return Outcome(barred * 30, (Number("9991234567", PHONE, (PHONE,), None),) * 9, faults * 3)


GAPS = (Gap("name", "friend", 10), Gap("city", "", 10), Gap("sum", "1", 3), Gap("day", "", 1))
PREVIEW = Preview(TEMPLATES[0], Filled("Hello", ()), LONG, MEMBER, 10, GAPS, 5000)
BUDGET = Budget(5, Caps(), NOW, NOW, NOW, 10, 3, 7, floods=2)
OVERVIEW = Overview(
    (CAMPAIGN,) * 5, (CAMPAIGN,) * 5, ACCOUNTS, True, True, NOW, {CAMPAIGN.id: FORECAST}
)
