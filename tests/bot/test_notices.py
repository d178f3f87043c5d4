"""News for the admins: each part once, whatever happens to the others and to other admins."""

from __future__ import annotations

import asyncio

import pytest

from db.models.admin import Role
from db.models.campaign import CampaignEvent
from db.pool import Database
from db.queries import accounts, campaigns, unclear_replies
from sandbox.faults import BotApiError, Cut, too_many_requests
from sandbox.person import Person
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OPERATOR, OWNER, Stock, add_admin, add_draft, add_stock, settle

OPEN = "SELECT count(*) FROM notices WHERE sent_at IS NULL AND given_up_at IS NULL"
FAILED = "The file with every person could not be made"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again soon."""
    monkeypatch.setattr("bot.process.notifier.RETRY_SECONDS", (0.01,) * 6)
    monkeypatch.setattr("bot.process.notifier.POLL_SECONDS", 0.05)
    monkeypatch.setattr("bot.reports.exporting.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("db.worker.POLL_SECONDS", 0.05)


async def begin(office: Office) -> tuple[Stock, int]:
    """A campaign that the owner started; the operator has heard of it."""
    await add_admin(office.database)
    await add_admin(office.database, OPERATOR, Role.ADMIN, "Oleg")
    stock = await add_stock(office.database)
    campaign_id = await add_draft(office.database, stock)
    for person in (office.owner, office.operator):
        await person.say(BOT, "/help")
        await person.wait_for(BOT, "/campaigns")
    await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    await office.operator.wait_for(BOT, "Olga started Spring sale")
    return stock, campaign_id


async def advance(office: Office, campaign_id: int, event: CampaignEvent) -> None:
    async with office.database.transaction() as connection:
        await campaigns.advance(connection, campaign_id, event, reason="account_lost")


async def until_zero(database: Database, query: str) -> None:
    async with asyncio.timeout(30), database.connection() as connection:
        while await connection.fetchval(query):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def heard(person: Person, words: str) -> int:
    return sum(words in message.text for message in person.history(BOT))


@pytest.mark.parametrize(
    "fault",
    [
        BotApiError(403, "Forbidden: bot was blocked by the user"),
        BotApiError(400, "Bad Request: chat not found"),
        BotApiError(500, "Internal Server Error"),
        too_many_requests(3600),
        Cut("before_effect"),
    ],
    ids=["blocked", "dead", "broken", "429", "cut"],
)
async def test_an_admin_who_cannot_be_reached_holds_up_no_other(
    office: Office, fault: BotApiError | Cut
) -> None:
    _stock, campaign_id = await begin(office)
    script = office.faults.script(fault, method="sendMessage", recipient=OPERATOR, count=None)
    for event, news in (
        (CampaignEvent.PAUSE, "has paused itself"),
        (CampaignEvent.RESUME, "goes on"),
        (CampaignEvent.FINISH, "0 delivered"),
    ):
        await advance(office, campaign_id, event)
        await office.owner.wait_for(BOT, news)
    await office.owner.wait_for(BOT, lambda m: m.media is not None)
    await asyncio.sleep(0.3)
    assert script.times_hit > 0
    for news in ("has paused itself", "goes on", "0 delivered"):
        assert heard(office.owner, news) == 1
        assert heard(office.operator, news) == 0


@pytest.mark.parametrize(
    ("fault", "count"),
    [
        (BotApiError(413, "Request Entity Too Large"), None),
        (BotApiError(400, "Bad Request: file must be non-empty"), None),
        (BotApiError(500, "Internal Server Error"), None),
        (Cut("before_effect"), None),
        (BotApiError(500, "Internal Server Error"), 2),
    ],
    ids=["too_large", "refused", "broken", "cut", "twice"],
)
async def test_a_report_that_cannot_be_uploaded_is_said_once_in_words(
    office: Office, fault: BotApiError | Cut, count: int | None
) -> None:
    _stock, campaign_id = await begin(office)
    office.faults.script(fault, method="sendDocument", recipient=OWNER, count=count)
    await settle(office.database, campaign_id, range(1, 7))
    await advance(office, campaign_id, CampaignEvent.FINISH)
    await office.operator.wait_for(BOT, lambda m: m.media is not None)
    if count is None:
        await office.owner.wait_for(BOT, FAILED)
    else:
        await office.owner.wait_for(BOT, lambda m: m.media is not None)
    async with office.database.connection() as connection:  # other news still comes
        account_id = await connection.fetchval("SELECT id FROM accounts")
        await accounts.lose(connection, account_id, 1, "SESSION_REVOKED")
    for person in (office.owner, office.operator):
        await person.wait_for(BOT, "Account Sender")
    await until_zero(office.database, OPEN)
    await until_zero(office.database, "SELECT count(*) FROM operations WHERE notified_at IS NULL")
    assert heard(office.owner, FAILED) == (count is None)
    assert heard(office.operator, FAILED) == 0
    for person in (office.owner, office.operator):
        assert heard(person, "6 delivered") == 1
        assert heard(person, "Account Sender") == 1
        files = [m for m in person.history(BOT) if m.media is not None]
        assert len(files) == (count is not None or person is office.operator)


async def test_a_question_comes_before_all_other_news(office: Office) -> None:
    stock, campaign_id = await begin(office)
    script = office.faults.script(too_many_requests(1), method="sendMessage", recipient=OWNER)
    await advance(office, campaign_id, CampaignEvent.PAUSE)
    await advance(office, campaign_id, CampaignEvent.RESUME)
    async with asyncio.timeout(30):
        while not script.times_hit:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    async with office.database.transaction() as connection:
        await accounts.lose(connection, stock.account, 1, "SESSION_REVOKED")
        await unclear_replies.add(connection, 4242, stock.account, "please stop calling")
    await office.owner.wait_for(BOT, "goes on")
    texts = [message.text for message in office.owner.history(BOT)]
    order = [
        next(n for n, text in enumerate(texts) if news in text)
        for news in ("please stop calling", "Account Sender", "has paused itself", "goes on")
    ]
    assert order == sorted(order)


async def test_a_decided_question_is_not_asked_again(office: Office) -> None:
    stock, _campaign_id = await begin(office)
    office.faults.script(too_many_requests(1), method="sendMessage", recipient=OPERATOR)
    async with office.database.transaction() as connection:
        await unclear_replies.add(connection, 4242, stock.account, "please stop calling")
    await office.owner.press(await office.owner.wait_for(BOT, "please stop calling"), "Yes, stop")
    await until_zero(office.database, OPEN)
    assert heard(office.operator, "please stop calling") == 0


async def test_a_question_waits_for_an_admin_who_may_decide(office: Office) -> None:
    await add_admin(office.database, role=Role.AUDITOR)
    stock = await add_stock(office.database)
    async with office.database.transaction() as connection:
        await unclear_replies.add(connection, 4242, stock.account, "please stop calling")
    await office.owner.say(BOT, "/help")
    await office.owner.wait_for(BOT, "/settings")
    await asyncio.sleep(0.3)
    assert heard(office.owner, "please stop calling") == 0
    async with office.database.connection() as connection:
        await connection.execute("UPDATE admins SET role = 'operator'")
    await office.owner.wait_for(BOT, "please stop calling")


async def test_a_message_that_is_refused_is_said_in_other_words(office: Office) -> None:
    _stock, campaign_id = await begin(office)
    refused = BotApiError(400, "Bad Request: can't parse entities")
    office.faults.script(refused, method="sendMessage", recipient=OPERATOR, count=3)
    await advance(office, campaign_id, CampaignEvent.PAUSE)
    await office.operator.wait_for(BOT, "Something has happened that I cannot show here")
    await advance(office, campaign_id, CampaignEvent.RESUME)
    await office.operator.wait_for(BOT, "goes on")
    assert heard(office.operator, "paused itself") == 0
    assert heard(office.owner, "paused itself") == 1


async def test_a_screen_that_cannot_be_drawn_holds_up_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stock, campaign_id = await begin(office)

    def broken(*_values: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr("bot.process.notifier.account_happened", broken)
    async with office.database.connection() as connection:
        account_id = await connection.fetchval("SELECT id FROM accounts")
        await accounts.lose(connection, account_id, 1, "SESSION_REVOKED")
    await advance(office, campaign_id, CampaignEvent.PAUSE)
    for person in (office.owner, office.operator):
        await person.wait_for(BOT, "has paused itself")
        await person.wait_for(BOT, "Something has happened that I cannot show here")
