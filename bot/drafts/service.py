"""Building a campaign and starting it: each function is one act in one transaction.

Every change raises NotFound when the row is not there, Conflict when the campaign is not a draft
any more, NotAllowed when the admin's role does not let them change it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.drafts.view_model import Choices, Review, can_send
from db.models.admin import Admin
from db.models.campaign import Campaign, CampaignEvent, Mode, QuietHours
from db.models.draft import Gap
from db.models.errors import NotAllowed
from db.models.operation import OperationKind, Progress
from db.models.rate import Rate
from db.models.template import Template, placeholders
from db.pool import Connection, Database
from db.queries import (
    accounts,
    audit,
    campaigns,
    caps,
    contact_lists,
    drafts,
    expansion,
    operations,
    templates,
)

LONGEST_NAME = 64


class CannotStart(Exception):
    """The draft has problems (`Review.problems`), or no recipient is left; nothing was changed."""


async def create(database: Database, admin: Admin, name: str, zone: str) -> int:
    """Add a draft and return its id.

    `name` has 1 to LONGEST_NAME characters. `zone` is the IANA zone of its quiet hours.
    """
    async with database.transaction() as connection:
        campaign_id = await drafts.add(connection, name, admin.id, zone)
        await audit.add(connection, admin.id, "create", "campaign", campaign_id, name=name)
        return campaign_id


async def put_list(
    database: Database, admin: Admin, campaign_id: int, contact_list_id: int
) -> None:
    """Add a contact list to the draft. Raise NotFound when there is no such list."""
    async with _changing(database, admin, campaign_id) as connection:
        await contact_lists.get(connection, contact_list_id)
        await drafts.put_list(connection, campaign_id, contact_list_id)


async def drop_list(
    database: Database, admin: Admin, campaign_id: int, contact_list_id: int
) -> None:
    """Remove a contact list from the draft."""
    async with _changing(database, admin, campaign_id) as connection:
        await drafts.drop_list(connection, campaign_id, contact_list_id)


async def choose_template(
    database: Database, admin: Admin, campaign_id: int, template_id: int
) -> None:
    """Set the draft's message. Raise NotFound when there is no such message."""
    async with _changing(database, admin, campaign_id) as connection:
        await templates.get(connection, template_id)
        await drafts.set_template(connection, campaign_id, template_id)


async def put_account(database: Database, admin: Admin, campaign_id: int, account_id: int) -> None:
    """Add an account to the draft. Raise NotFound when there is no such account."""
    async with _changing(database, admin, campaign_id) as connection:
        await accounts.get(connection, account_id)
        await drafts.put_account(connection, campaign_id, account_id)


async def drop_account(database: Database, admin: Admin, campaign_id: int, account_id: int) -> None:
    """Remove an account from the draft."""
    async with _changing(database, admin, campaign_id) as connection:
        await drafts.drop_account(connection, campaign_id, account_id)


async def choose_rate(database: Database, admin: Admin, campaign_id: int, rate: Rate) -> None:
    """Set the draft's rate."""
    async with _changing(database, admin, campaign_id) as connection:
        await drafts.set_rate(connection, campaign_id, rate)


async def choose_mode(database: Database, admin: Admin, campaign_id: int, mode: Mode) -> None:
    """Set the draft's mode."""
    async with _changing(database, admin, campaign_id) as connection:
        await drafts.set_mode(connection, campaign_id, mode)


async def choose_quiet_hours(
    database: Database, admin: Admin, campaign_id: int, quiet: QuietHours | None
) -> None:
    """Set the hours in which nothing is sent; None for none."""
    async with _changing(database, admin, campaign_id) as connection:
        await drafts.set_quiet_hours(connection, campaign_id, quiet)


async def choose_frequency(
    database: Database, admin: Admin, campaign_id: int, hours: int | None
) -> None:
    """Set in how many hours a person gets one campaign at most; None for no limit."""
    async with _changing(database, admin, campaign_id) as connection:
        await drafts.set_frequency(connection, campaign_id, hours)


async def discard(database: Database, admin: Admin, campaign_id: int) -> str:
    """Delete the draft and return its name."""
    async with _changing(database, admin, campaign_id) as connection:
        campaign = await campaigns.get(connection, campaign_id)
        await drafts.delete(connection, campaign_id)
        await audit.add(
            connection, admin.id, "discard", "campaign", campaign_id, name=campaign.name
        )
        return campaign.name


async def choices(database: Database, campaign_id: int, *, limit: int, offset: int) -> Choices:
    """Return what the draft may be built of: `limit` lists and templates from `offset` on.

    Raise NotFound, or Conflict when the campaign is not a draft any more.
    """
    async with database.transaction() as connection:
        await drafts.lock(connection, campaign_id)
        chosen_lists, chosen_accounts = await drafts.get_chosen(connection, campaign_id)
        found_lists = await contact_lists.page(connection, limit=limit, offset=offset)
        found_templates = await templates.page(connection, limit=limit, offset=offset)
        return Choices(
            campaign=await campaigns.get(connection, campaign_id),
            contact_lists=tuple(found_lists),
            templates=tuple(found_templates),
            accounts=tuple(reversed(await accounts.page(connection))),
            chosen_lists=chosen_lists,
            chosen_accounts=chosen_accounts,
            offset=offset,
            now=datetime.now(UTC),
        )


async def get(database: Database, campaign_id: int) -> Campaign:
    """Return the draft. Raise Conflict when it is a draft no longer, NotFound."""
    async with database.connection() as connection:
        await drafts.lock(connection, campaign_id)
        return await campaigns.get(connection, campaign_id)


async def count_members(database: Database, campaign_id: int) -> int:
    """Return how many members the draft's lists have; a contact in two lists counts twice."""
    async with database.connection() as connection:
        return await expansion.count_members(connection, campaign_id)


async def review(database: Database, campaign_id: int) -> Review:
    """Return the draft as it would start now. Raise Conflict when it is a draft no longer.

    Counting a million people takes seconds, so the draft is not locked meanwhile.
    """
    async with database.connection() as connection:
        await drafts.lock(connection, campaign_id)
        return await _review(connection, campaign_id)


async def start(database: Database, admin: Admin, campaign_id: int) -> None:
    """Start the draft: status, first deliveries and audit at once, or nothing at all.

    A small campaign is expanded whole here; the rest of a large one is an operation, which a
    sender runs. Raise CannotStart when the draft has a problem, Conflict when it has been started
    before.
    """
    async with _changing(database, admin, campaign_id) as connection:
        if not await _may_start(connection, campaign_id):
            raise CannotStart
        await campaigns.advance(connection, campaign_id, CampaignEvent.START, admin_id=admin.id)
        chunk = await expansion.expand(connection, campaign_id)
        if chunk.last and chunk.total == 0:
            raise CannotStart
        people = chunk.total
        if not chunk.last:
            people = await expansion.count_members(connection, campaign_id)
            await operations.add(
                connection,
                OperationKind.EXPANSION,
                campaign_id,
                requested_by=admin.id,
                progress=Progress(chunk.looked, people),
            )
        await audit.add(connection, admin.id, "start", "campaign", campaign_id, total=people)


async def _may_start(connection: Connection, campaign_id: int) -> bool:
    """Return whether a review would find no problem; without counting everybody."""
    campaign = await campaigns.get(connection, campaign_id)
    of_campaign = await accounts.page_of_campaign(connection, campaign_id)
    return (
        campaign.template_id is not None
        and can_send(of_campaign)
        and await drafts.has_people(connection, campaign_id)
    )


@asynccontextmanager
async def _changing(
    database: Database, admin: Admin, campaign_id: int
) -> AsyncIterator[Connection]:
    async with database.transaction() as connection:
        created_by = await drafts.lock(connection, campaign_id)
        if not admin.may_change(created_by):
            raise NotAllowed("campaign", campaign_id, admin.id)
        yield connection


async def _review(connection: Connection, campaign_id: int) -> Review:
    campaign = await campaigns.get(connection, campaign_id)
    list_ids, _ = await drafts.get_chosen(connection, campaign_id)
    of_campaign = await accounts.page_of_campaign(connection, campaign_id)
    template = None
    if campaign.template_id is not None:
        template = await templates.get(connection, campaign.template_id)
    return Review(
        campaign=campaign,
        contact_lists=tuple([await contact_lists.get(connection, i) for i in sorted(list_ids)]),
        template=template,
        accounts=tuple(of_campaign),
        audience=await drafts.count_people(connection, campaign_id),
        gaps=await _gaps(connection, campaign_id, template) if template else (),
        now=datetime.now(UTC),
        caps=tuple([await caps.get(connection, account.id) for account in of_campaign]),
    )


async def _gaps(connection: Connection, campaign_id: int, template: Template) -> tuple[Gap, ...]:
    fallbacks = {p.field: p.fallback for p in placeholders(template.text)}
    empty = await drafts.count_empty(connection, campaign_id, list(fallbacks))
    return tuple(
        Gap(field, fallback, empty[field])
        for field, fallback in fallbacks.items()
        if field in empty
    )
