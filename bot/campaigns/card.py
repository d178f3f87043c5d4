"""The card of a campaign: its progress while it runs, edited in place; and the question at Stop."""

from __future__ import annotations

from bot.ui.formatting import (
    account_state,
    bar,
    campaign_sign,
    campaign_status,
    mode,
    moment,
    plain,
    rate,
)
from bot.ui.i18n import Words
from bot.ui.reasons import delivery_reason, trouble
from bot.ui.screen import Key, Screen, back, key
from db.models.account import AccountStatus
from db.models.campaign import CampaignStatus, Mode
from db.models.operation import Progress
from db.models.report import ReasonCount, Standing

TOP_REASONS = 3


def card(_: Words, standing: Standing) -> Screen:
    campaign = standing.campaign
    parts = [_head(_, standing)]
    if standing.preparing is None:
        parts += [bar(campaign.counts), _counts(_, standing)]
    else:
        parts.append(_preparing(_, standing.preparing))
    parts += response_lines(_, standing)
    parts += reason_lines(_, standing.reasons[:TOP_REASONS])
    parts += ["", _pace(_, standing), *account_lines(_, standing), _what(_, standing)]
    return Screen("\n".join(parts), _keys(_, standing))


def _head(_: Words, standing: Standing) -> str:
    campaign = standing.campaign
    status = f"{campaign_sign(campaign.status)} {campaign_status(_, campaign.status)}"
    if campaign.mode is not Mode.LIVE:
        status += f" · {mode(_, campaign.mode)}"
    if campaign.status is CampaignStatus.PAUSED and campaign.pause_reason:
        status += f": {plain(trouble(_, campaign.pause_reason))}"
    return f"<b>{plain(campaign.name)}</b>\n{status}"


def _counts(_: Words, standing: Standing) -> str:
    counts = standing.campaign.counts
    parts = [_("{sent} of {total} sent", sent=counts.sent, total=counts.total)]
    if counts.failed:
        parts.append(_.plural("{n} failed", "{n} failed", counts.failed))
    if counts.skipped:
        parts.append(_.plural("{n} skipped", "{n} skipped", counts.skipped))
    if counts.unknown:
        parts.append(_.plural("{n} unknown", "{n} unknown", counts.unknown))
    if counts.pending:
        parts.append(_.plural("{n} left", "{n} left", counts.pending))
    return " · ".join(parts)


def _preparing(_: Words, progress: Progress) -> str:
    if progress.total is None:
        return _("Preparing…")
    return _("Preparing: {done} of {total}", done=progress.done, total=progress.total)


def response_lines(_: Words, standing: Standing) -> list[str]:
    """What came back, in one line; nothing while nothing has."""
    responses = standing.responses
    parts = []
    if responses.seen:
        parts.append(_.plural("at least {n} read", "at least {n} read", responses.seen))
    if responses.answered:
        parts.append(_.plural("{n} answered", "{n} answered", responses.answered))
    if responses.opted_out:
        parts.append(_.plural("{n} asked to stop", "{n} asked to stop", responses.opted_out))
    return [" · ".join(parts)] if parts else []


def reason_lines(_: Words, reasons: tuple[ReasonCount, ...]) -> list[str]:
    """ "– blocked us: 12", one line each."""
    return [
        f"– {plain(delivery_reason(_, reason.reason))}: {_.number(reason.people)}"
        for reason in reasons
    ]


def _pace(_: Words, standing: Standing) -> str:
    campaign, now = standing.campaign, standing.now
    pace = rate(_, campaign.rate)
    if campaign.status is CampaignStatus.RUNNING and standing.preparing is None:
        return _("{rate} · done about {time}", rate=pace, time=moment(_, standing.done_at, now))
    if campaign.status is CampaignStatus.PAUSED and campaign.resumes_at:
        time = moment(_, campaign.resumes_at, now)
        return _("{rate} · goes on by itself at {time}", rate=pace, time=time)
    if campaign.finished_at:
        return _("{rate} · ended {time}", rate=pace, time=moment(_, campaign.finished_at, now))
    return pace


def account_lines(_: Words, standing: Standing) -> list[str]:
    """The campaign's accounts that are not simply ready, and until when."""
    return [
        f"{plain(account.name)}: {account_state(_, account, standing.now)}"
        for account in standing.accounts
        if account.status is not AccountStatus.ACTIVE
    ]


def _what(_: Words, standing: Standing) -> str:
    return _(
        "Message: {template} · To: {lists}",
        template=standing.template,
        lists=", ".join(standing.contact_lists),
    )


def _keys(_: Words, standing: Standing) -> tuple[tuple[Key, ...], ...]:
    campaign = standing.campaign
    stop = key(_("Stop"), "c", campaign.id, "stop", style="danger")
    hold = {
        CampaignStatus.DRAFT: (key(_("Go on building"), "e", campaign.id, "step", "review"),),
        CampaignStatus.SCHEDULED: (stop,),
        CampaignStatus.RUNNING: (key(_("Pause"), "c", campaign.id, "pause"), stop),
        CampaignStatus.PAUSED: (key(_("Resume"), "c", campaign.id, "resume"), stop),
        CampaignStatus.FINISHED: (key(_("Report"), "c", campaign.id, "report"),),
        CampaignStatus.CANCELLED: (key(_("Report"), "c", campaign.id, "report"),),
    }[campaign.status]
    update = key(_("Update"), "c", campaign.id, "show")
    return (hold, (back(_, "c", 0, "page"), update))


def ask_stop(_: Words, standing: Standing) -> Screen:
    """What stopping means, in numbers; the danger button names the act."""
    counts = standing.campaign.counts
    text = "\n".join(
        [
            _("Stop <b>{name}</b> for good?", name=standing.campaign.name),
            _.plural(
                "{n} message is not sent yet and never will be.",
                "{n} messages are not sent yet and never will be.",
                counts.pending,
            ),
            _.plural(
                "{n} that was sent stays sent. This cannot be undone.",
                "{n} that were sent stay sent. This cannot be undone.",
                counts.sent,
            ),
        ]
    )
    stop = key(_("Stop for good"), "c", standing.campaign.id, "stopped", style="danger")
    return Screen(text, ((stop,), (back(_, "c", standing.campaign.id, "show"),)))
