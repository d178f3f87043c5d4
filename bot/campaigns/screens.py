"""All campaigns, newest first; a draft leads to its review, the others to their card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ui.formatting import campaign_line, campaign_sign, short
from bot.ui.i18n import Words
from bot.ui.screen import Key, Screen, home, key
from db.models.admin import Admin, Right
from db.models.campaign import Campaign, CampaignStatus

PAGE = 4


def campaigns(
    _: Words, admin: Admin, found: Sequence[Campaign], offset: int, now: datetime
) -> Screen:
    """`found` is one more than PAGE when there is another page."""
    new = (key(_("New campaign"), "b", 0, "new", style="success"),)
    top = (new,) if admin.may(Right.BUILD) else ()
    if not found:
        text = _(
            "<b>Campaigns</b>\nNone yet. A campaign sends one message to the people of your "
            "contact lists, at the rate you choose, to each exactly once."
        )
        return Screen(text, (*top, (home(_),)))
    shown = found[:PAGE]
    lines = [campaign_line(_, campaign, now) for campaign in shown]
    turn = []
    if offset:
        turn.append(key(_("‹ Newer"), "c", max(0, offset - PAGE), "page"))
    if len(found) > PAGE:
        turn.append(key(_("Older ›"), "c", offset + PAGE, "page"))
    rows = [(_open(campaign),) for campaign in shown]
    return Screen("\n".join([_("<b>Campaigns</b>"), *lines]), (*rows, *top, (*turn, home(_))))


def _open(campaign: Campaign) -> Key:
    label = f"{campaign_sign(campaign.status)} {short(campaign.name)}"
    if campaign.status is CampaignStatus.DRAFT:
        return key(label, "e", campaign.id, "step", "review")
    return key(label, "c", campaign.id, "show")


def discarded(_: Words, name: str) -> Screen:
    text = _("The draft <b>{name}</b> is discarded. Nothing was sent.", name=name)
    return Screen(text, ((key(_("‹ Campaigns"), "c", 0, "page"), home(_)),))
