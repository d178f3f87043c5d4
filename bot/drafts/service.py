"""Building a campaign and starting it: each function is one act in one transaction.

Every change raises NotFound when the row is not there, Conflict when the campaign is not a draft
any more, NotAllowed when the admin's role does not let them change it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.drafts.view_model import CannotStart, Choices, Deleted, Review, can_send
from db import forecasting
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
    contact_lists,
    draft_parts,
    drafts,
    expansion,
    operations,
    templates,
)

LONGEST_NAME = 64


async def create(database: Database, admin: Admin, name: str, zone: str) -> int:
    """Add a draft, `name` of 1 to LONGEST_NAME characters, `zone` an IANA name; return its id."""
    async with database.transaction() as connection:
        campaign_id = await drafts.add(connection, name, admin.id, zone)
        await audit.add(connection, admin.id, "create", "campaign", campaign_id, name=name)
        return campaign_id


async def put_list(
    database: Database, admin: Admin, campaign_id: int, contact_list_id: int
) -> None:
    """Add a contact list to the draft. Raise Deleted; NotFound when there is no such list."""
    async with _changing(database, admin, campaign_id) as connection:
        found = await contact_lists.get(connection, contact_list_id)
        if found.archived_at is not None:
            raise Deleted(found.name)
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
    """Set the draft's message. Raise Deleted; NotFound when there is no such message."""
    async with _changing(database, admin, campaign_id) as connection:
        await templates.get(connection, template_id)
        await drafts.set_template(connection, campaign_id, template_id)
        unusable = await draft_parts.lock_unusable(connection, campaign_id)
        if unusable.deleted_template is not None:
            raise Deleted(unusable.deleted_template)


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
    database: Database, admin: Admin, campaign_id: int, hours: int | None, *, skips: bool
) -> None:
    """Set in how many hours a person gets one campaign at most, and whether others wait or not."""
    async with _changing(database, admin, campaign_id) as connection:
        await drafts.set_frequency(connection, campaign_id, hours, skips=skips)


async def discard(database: Database, admin: Admin, campaign_id: int) -> str:
    """Delete the draft and return its name."""
    async with _changing(database, admin, campaign_id) as connection:
        name = (await campaigns.get(connection, campaign_id)).name
        await drafts.delete(connection, campaign_id)
        await audit.add(connection, admin.id, "discard", "campaign", campaign_id, name=name)
        return name


async def choices(database: Database, campaign_id: int, *, limit: int, offset: int) -> Choices:
    """Return what the draft may be built of: `limit` lists and templates from `offset` on.

    A deleted list that was chosen before is among them, so that it can be taken off.
    Raise NotFound, or Conflict when the campaign is not a draft any more.
    """
    async with database.transaction() as connection:
        await drafts.lock(connection, campaign_id)
        page = {"limit": limit, "offset": offset}
        chosen_lists, chosen_accounts = await drafts.get_chosen(connection, campaign_id)
        found_lists = await contact_lists.page(connection, **page, campaign_id=campaign_id)
        found_templates = await templates.page(connection, **page)
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
    sender runs. Raise CannotStart when the draft has a problem, Conflict when it has been
    started.
    """
    async with _changing(database, admin, campaign_id) as connection:
        unusable = await draft_parts.lock_unusable(connection, campaign_id)
        if unusable or not await _may_start(connection, campaign_id):
            raise CannotStart(unusable)
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
    of_campaign = await accounts.page_of_campaign(connection, campaign_id)
    template_id = campaign.template_id
    template = await templates.get(connection, template_id) if template_id else None
    audience = await drafts.count_people(connection, campaign_id)
    return Review(
        campaign=campaign,
        contact_lists=tuple(await contact_lists.page_of_campaign(connection, campaign_id)),
        template=template,
        accounts=tuple(of_campaign),
        audience=audience,
        gaps=await _gaps(connection, campaign_id, template) if template else (),
        now=datetime.now(UTC),
        forecast=await forecasting.find(connection, campaign, of_campaign, audience.left),
        unusable=await draft_parts.lock_unusable(connection, campaign_id),
    )


async def _gaps(connection: Connection, campaign_id: int, template: Template) -> tuple[Gap, ...]:
    fallbacks = {p.field: p.fallback for p in placeholders(template.text)}
    empty = await drafts.count_empty(connection, campaign_id, list(fallbacks))
    return tuple(
        Gap(field, fallback, empty[field])
        for field, fallback in fallbacks.items()
        if field in empty
    )
