"""The card of a campaign: its progress, which is edited in place, and the question before Stop."""

from __future__ import annotations

from bot.campaigns.presses import AskStop, PauseCampaign, ResumeCampaign, StopCampaign
from bot.campaigns.view_model import Progress
from bot.ui.campaign_lines import account_lines, reason_lines, response_lines, status_line
from bot.ui.forecast_lines import forecast_lines, no_end, pace_word, waiting_line, when_done
from bot.ui.formatting import LONGEST_SHOWN, bar, listed, moment, named, plain, rate, short
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenCampaign, OpenCampaigns, OpenReport, OpenReview
from bot.ui.reasons import trouble
from bot.ui.screen import Key, Screen, back
from db.models import operation
from db.models.campaign import CampaignStatus, Mode

TOP_REASONS = 3


def card(_: Translator, progress: Progress) -> Screen:
    """Show where the campaign stands, with the buttons that hold or end it."""
    campaign = progress.campaign
    parts = [_head(_, progress)]
    if progress.preparing is None:
        parts += [bar(campaign.counts), _counts(_, progress)]
    else:
        parts.append(_preparing(_, progress.preparing))
    parts += response_lines(_, progress.responses)
    parts += reason_lines(_, progress.reasons[:TOP_REASONS])
    parts += ["", _pace(_, progress), *_outlook(_, progress)]
    parts += account_lines(_, progress.accounts, progress.now)
    parts.append(
        _(
            "Message: {template} · To: {lists}",
            template=short(progress.template, LONGEST_SHOWN),
            lists=listed(_, progress.contact_lists),
        )
    )
    return Screen("\n".join(parts), _keys(_, progress))


def _head(_: Translator, progress: Progress) -> str:
    campaign = progress.campaign
    status = status_line(_, campaign)
    if campaign.status is CampaignStatus.PAUSED and campaign.pause_reason:
        status += f": {plain(short(trouble(_, campaign.pause_reason), 200))}"
    return f"<b>{named(campaign.name)}</b>\n{status}"


def _counts(_: Translator, progress: Progress) -> str:
    counts = progress.campaign.counts
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


def _preparing(_: Translator, progress: operation.Progress) -> str:
    if progress.total is None:
        return _("Preparing…")
    return _("Preparing: {done} of {total}", done=progress.done, total=progress.total)


def _pace(_: Translator, progress: Progress) -> str:
    campaign, now = progress.campaign, progress.now
    pace = rate(_, campaign.rate)
    running = campaign.status is CampaignStatus.RUNNING and progress.preparing is None
    if running and progress.forecast is not None:
        if (real := progress.pace) is not None:
            pace = _("{rate}, now {real}", rate=pace, real=pace_word(_, real))
        if (time := when_done(_, progress.forecast, now)) is None:
            return _("{rate} · {end}", rate=pace, end=no_end(_, progress.forecast))
        return _("{rate} · done about {time}", rate=pace, time=time)
    if campaign.status is CampaignStatus.PAUSED and campaign.resumes_at:
        time = moment(_, campaign.resumes_at, now)
        return _("{rate} · goes on by itself at {time}", rate=pace, time=time)
    if campaign.finished_at:
        return _("{rate} · ended {time}", rate=pace, time=moment(_, campaign.finished_at, now))
    return pace


def _outlook(_: Translator, progress: Progress) -> list[str]:
    """Say what holds the campaign up, and how many wait for what."""
    campaign, forecast = progress.campaign, progress.forecast
    if forecast is None or progress.preparing is not None or campaign.mode is not Mode.LIVE:
        return []
    lines = forecast_lines(_, forecast, hours=campaign.frequency_hours or 0)
    time = when_done(_, forecast, progress.now)
    if campaign.status is CampaignStatus.PAUSED and time is not None:
        lines.insert(0, _("Done about {time}.", time=time))
    return lines + waiting_line(_, forecast, progress.now)


def _keys(_: Translator, progress: Progress) -> tuple[tuple[Key, ...], ...]:
    campaign_id = progress.campaign.id
    stop = Key(_("Stop"), AskStop(campaign_id), "danger")
    report = Key(_("Report"), OpenReport(campaign_id))
    hold = {
        CampaignStatus.DRAFT: (Key(_("Go on building"), OpenReview(campaign_id)),),
        CampaignStatus.SCHEDULED: (stop,),
        CampaignStatus.RUNNING: (Key(_("Pause"), PauseCampaign(campaign_id)), stop),
        CampaignStatus.PAUSED: (Key(_("Resume"), ResumeCampaign(campaign_id)), stop),
        CampaignStatus.FINISHED: (report,),
        CampaignStatus.CANCELLED: (report,),
    }[progress.campaign.status]
    update = Key(_("Update"), OpenCampaign(campaign_id))
    return (hold, (back(_, OpenCampaigns()), update))


def ask_stop(_: Translator, progress: Progress) -> Screen:
    """Say in numbers what stopping means; the danger button names the act."""
    campaign = progress.campaign
    text = "\n".join(
        [
            _("Stop <b>{name}</b> for good?", name=campaign.name),
            _.plural(
                "{n} message is not sent yet and never will be.",
                "{n} messages are not sent yet and never will be.",
                campaign.counts.pending,
            ),
            _.plural(
                "{n} that was sent stays sent. This cannot be undone.",
                "{n} that were sent stay sent. This cannot be undone.",
                campaign.counts.sent,
            ),
        ]
    )
    stop = Key(_("Stop for good"), StopCampaign(campaign.id), "danger")
    return Screen(text, ((stop,), (back(_, OpenCampaign(campaign.id)),)))
