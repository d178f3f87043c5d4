"""All campaigns; a draft leads to its review, the others to their card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.ui.campaign_lines import campaign_line
from bot.ui.formatting import campaign_sign, short
from bot.ui.i18n import Translator
from bot.ui.navigation import NewCampaign, OpenCampaign, OpenCampaigns, OpenReview
from bot.ui.pager import Page, turns
from bot.ui.screen import Key, Screen, home
from db.models.admin import Admin, Right
from db.models.campaign import Campaign, CampaignStatus
from db.models.forecast import Forecast

PAGE_SIZE = 4


def campaigns(
    _: Translator,
    admin: Admin,
    page: Page[Campaign],
    now: datetime,
    forecasts: Mapping[int, Forecast],
) -> Screen:
    """List the campaigns of one page, with the forecasts of those that run, by campaign id."""
    new = (Key(_("New campaign"), NewCampaign(), "success"),)
    top = (new,) if admin.may(Right.BUILD) else ()
    if page.is_empty_list:
        text = _(
            "<b>Campaigns</b>\nNone yet. A campaign sends one message to the people of your "
            "contact lists, at the rate you choose, to each exactly once."
        )
        return Screen(text, (*top, (home(_),)))
    lines = [
        _("<b>Campaigns</b>"),
        *(campaign_line(_, one, now, forecasts.get(one.id)) for one in page.items),
    ]
    rows = [(_open(one),) for one in page.items]
    return Screen("\n".join(lines), (*rows, *top, (*turns(_, page, OpenCampaigns), home(_))))


def _open(campaign: Campaign) -> Key:
    label = f"{campaign_sign(campaign.status)} {short(campaign.name)}"
    if campaign.status is CampaignStatus.DRAFT:
        return Key(label, OpenReview(campaign.id))
    return Key(label, OpenCampaign(campaign.id))
