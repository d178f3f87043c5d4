"""Each row of the error table, through a real client.

It says what becomes of the delivery, the contact, the account and the campaign, and what an admin
reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from bot.ui.i18n import Translator
from bot.ui.reasons import delivery_reason, trouble
from db.models.breaker import Breaker
from db.models.campaign import CampaignStatus
from db.queries import media
from sandbox.faults import SENDING, RpcError
from sender.outcome.error_table import TABLE, find_row
from tests.sender.stage import PICTURE, SLOWLY, Stage


def example(name: str) -> str:
    return name.replace("#", "2").replace("*", "SOMETHING")


NAMES = [(row.title, example(name)) for row in TABLE for name in row.names]
PLAYED = [(row.title, example(name)) for row in TABLE for name in row.names[:2]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a campaign to two people looks like after the first of them met an error.

    `first` and `second` are (status, reason) of their deliveries. A reason "*" is the error's name.
    """

    first: tuple[str, str | None]
    second: tuple[str, str | None] = ("sent", None)
    account: str = "active"
    campaign: tuple[str, str | None] = ("finished", None)
    suppressed: bool = False
    unreachable: bool = False


SENT, KEPT = ("sent", None), ("pending", "*")
FAILED = Expected(("failed", "*"))
# By the title of the row. The error is met once, by the first of two people.
EXPECTED = {
    "ambiguous": Expected(SENT),
    "wait": Expected(SENT),
    "chat wait": Expected(SENT),
    "limited": Expected(KEPT, ("pending", None), "limited", ("paused", "PEER_FLOOD")),
    "needs a person": Expected(
        ("unknown", "account_lost"), ("pending", None), "lost", ("paused", "account_lost")
    ),
    "moved": Expected(SENT),
    "config": Expected(KEPT, ("pending", None), campaign=("paused", "*")),
    "opt-out": Expected(("failed", "*"), suppressed=True),
    "skip permanently": Expected(("failed", "*"), unreachable=True),
    "no such username": Expected(("failed", "*"), unreachable=True),
    "no such number": FAILED,
    "skip": FAILED,
    "skip chat": FAILED,
    "peer cache": Expected(SENT),
    "media": Expected(SENT),
    "content of a text": FAILED,
    "content of a file": Expected(KEPT, ("pending", None), campaign=("paused", "*")),
}


@pytest.mark.parametrize(("title", "name"), PLAYED, ids=[name for _, name in PLAYED])
async def test_an_error_has_the_consequences_of_its_row(
    stage: Stage, title: str, name: str
) -> None:
    expected = EXPECTED[title]
    first, _second = people = stage.people(2)
    async with stage.database.transaction() as connection:
        photo = await media.add(connection, "photo", "cat.jpg", "image/jpeg", PICTURE)
    stage.sandbox.faults.script(RpcError(name), method=SENDING, recipient=first.id)
    rate = (2, 1) if expected.second[0] == "sent" else SLOWLY
    campaign_id = await stage.campaign(people, rate=rate, media_id=photo)
    await stage.start()
    campaign = await stage.until(campaign_id, CampaignStatus(expected.campaign[0]))
    await stage.stop()

    def said(pair: tuple[str, str | None]) -> tuple[str, str | None]:
        return pair[0], name if pair[1] == "*" else pair[1]

    rows = await stage.run("SELECT status, reason, contact_id FROM deliveries ORDER BY pos")
    assert (rows[0]["status"], rows[0]["reason"]) == said(expected.first)
    assert rows[1]["status"] == expected.second[0]
    ((status, _reason),) = await stage.statuses()
    assert status == expected.account
    told = await stage.run("SELECT status, reason FROM account_events")
    needing_a_person = [] if expected.account == "active" else [(expected.account, name)]
    assert [tuple(row) for row in told] == needing_a_person
    assert (campaign.status, campaign.pause_reason) == said(expected.campaign)
    (contact,) = await stage.run(
        "SELECT unreachable_reason, EXISTS (SELECT FROM suppressions"
        " WHERE identity_hash = ANY(identity_hashes)) AS suppressed FROM contacts WHERE id = $1",
        rows[0]["contact_id"],
    )
    assert contact["unreachable_reason"] == (name if expected.unreachable else None)
    assert contact["suppressed"] == expected.suppressed
    assert max(stage.copies().values(), default=1) == 1


@pytest.mark.parametrize(("title", "name"), NAMES, ids=[name for _, name in NAMES])
def test_a_listed_name_is_found_in_its_row_and_has_a_sentence(title: str, name: str) -> None:
    row = find_row(name)
    assert row is not None
    assert row.title == title
    for language in ("en", "ru"):
        _ = Translator(language, ZoneInfo("UTC"))
        for said in (delivery_reason(_, name), *([trouble(_, name)] if title in TROUBLES else [])):
            assert name not in said
            assert language == "en" or any("а" <= letter <= "я" for letter in said)


TROUBLES = {"wait", "limited", "needs a person", "config", "media", "content of a file"}


@pytest.mark.parametrize("breaker", Breaker)
def test_a_breaker_has_a_sentence(breaker: Breaker) -> None:
    assert trouble(Translator("en", ZoneInfo("UTC")), breaker) != breaker
