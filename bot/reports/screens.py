"""The report of a campaign, and the notifications about what happens to it."""

from __future__ import annotations

from bot.campaigns.view_model import Progress
from bot.reports.presses import SendReportFile
from bot.ui.campaign_lines import account_lines, reason_lines, response_lines, status_line
from bot.ui.forecast_lines import forecast_lines, waiting_line, when_done
from bot.ui.formatting import LONGEST_SHOWN, duration, moment, named, plain, rate, short
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenCampaign, OpenCampaigns, OpenUnknowns
from bot.ui.reasons import trouble
from bot.ui.screen import Key, Screen
from db.models.campaign import CampaignEvent, CampaignHistory, Mode
from db.models.delivery import DeliveryStatus

MOST_REASONS = 12


def report(_: Translator, progress: Progress, undecided: int | None = None) -> Screen:
    """Count the deliveries by reason, in words.

    `undecided` is how many of the unknown ones wait for a decision; None: it was not counted.
    """
    campaign, counts = progress.campaign, progress.campaign.counts
    share = round(100 * counts.sent / counts.total) if counts.total else 0
    lines = [
        f"<b>{named(campaign.name)}</b>",
        status_line(_, campaign),
        _.plural("{n} person:", "{n} people:", counts.total),
        _("{n} delivered ({share}%)", n=counts.sent, share=share),
        *response_lines(_, progress.responses),
        *_group(_, progress, _("{n} failed:", n=counts.failed), DeliveryStatus.FAILED),
        *_group(_, progress, _("{n} skipped:", n=counts.skipped), DeliveryStatus.SKIPPED),
        *_group(_, progress, _("{n} unknown:", n=counts.unknown), DeliveryStatus.UNKNOWN),
    ]
    if counts.pending:
        lines.append(_.plural("{n} not sent", "{n} not sent", counts.pending))
    lines += ["", _pace(_, progress), *_outlook(_, progress)]
    decide = _decide(_, campaign.id, counts.unknown if undecided is None else undecided)
    keys = (
        *decide,
        (Key(_("File with every person"), SendReportFile(campaign.id)),),
        (Key(_("‹ Campaigns"), OpenCampaigns()),),
    )
    return Screen("\n".join(lines), keys)


def _decide(_: Translator, campaign_id: int, undecided: int) -> tuple[tuple[Key, ...], ...]:
    key = Key(_("Decide about the unknown"), OpenUnknowns(campaign_id))
    return ((key,),) if undecided else ()


def _group(_: Translator, progress: Progress, title: str, status: DeliveryStatus) -> list[str]:
    reasons = tuple(reason for reason in progress.reasons if reason.status is status)
    if not reasons:
        return []
    lines = [title, *reason_lines(_, reasons[:MOST_REASONS])]
    if rest := sum(reason.people for reason in reasons[MOST_REASONS:]):
        lines.append(_("– other reasons: {n}", n=rest))
    return lines


def _pace(_: Translator, progress: Progress) -> str:
    campaign = progress.campaign
    if campaign.finished_at is None or progress.took is None:
        return _("At {rate}.", rate=rate(_, campaign.rate))
    return _(
        "At {rate}, in {duration}, ended {time}.",
        rate=rate(_, campaign.rate),
        duration=duration(_, progress.took),
        time=moment(_, campaign.finished_at, progress.now),
    )


def _outlook(_: Translator, progress: Progress) -> list[str]:
    """Say when a campaign under way is done, and what it waits for."""
    forecast, campaign = progress.forecast, progress.campaign
    if forecast is None:
        return []
    time = when_done(_, forecast, progress.now)
    lines = [_("Done about {time}.", time=time)] if time else []
    if campaign.mode is Mode.LIVE:
        lines += forecast_lines(_, forecast, hours=campaign.frequency_hours or 0)
        lines += waiting_line(_, forecast, progress.now)
    return lines


def making_file(_: Translator) -> str:
    """Return the toast while the file is being made."""
    return _("The file is on its way.")


def file_failed(_: Translator, campaign_id: int) -> Screen:
    """Say that the file could not be made, with the button that asks for it again."""
    text = _("The file with every person could not be made. Try again; the log says what happened.")
    return Screen(text, ((Key(_("File with every person"), SendReportFile(campaign_id)),),))


def caption(_: Translator, progress: Progress) -> str:
    """Return the caption of the file."""
    return _("{name}: every person, with what came of it.", name=progress.campaign.name)


def happened(_: Translator, event: CampaignHistory, progress: Progress, by: str | None) -> Screen:
    """Notify an admin of an event. `by` names the admin who caused it; None: the program."""
    campaign = progress.campaign
    name = short(campaign.name, LONGEST_SHOWN)
    show = ((Key(_("Show"), OpenCampaign(campaign.id)),),)
    if event.event == CampaignEvent.FINISH:
        return report(_, progress)
    said = {
        (CampaignEvent.START, True): _("● <b>{name}</b> has started.", name=name),
        (CampaignEvent.START, False): _("● {by} started <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.PAUSE, True): _("‖ <b>{name}</b> has paused itself.", name=name),
        (CampaignEvent.PAUSE, False): _("‖ {by} paused <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.RESUME, True): _("● <b>{name}</b> goes on.", name=name),
        (CampaignEvent.RESUME, False): _("● {by} resumed <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.REOPEN, True): _("● <b>{name}</b> goes on.", name=name),
        (CampaignEvent.REOPEN, False): _(
            "● {by} sends again what was unknown in <b>{name}</b>.", name=name, by=by
        ),
        (CampaignEvent.CANCEL, True): _("✕ <b>{name}</b> was stopped.", name=name),
        (CampaignEvent.CANCEL, False): _("✕ {by} stopped <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.SCHEDULE, True): _("◷ <b>{name}</b> is scheduled.", name=name),
        (CampaignEvent.SCHEDULE, False): _("◷ {by} scheduled <b>{name}</b>.", name=name, by=by),
    }
    known = event.event in _EVENTS
    text = said[CampaignEvent(event.event), by is None] if known else f"<b>{named(name)}</b>:"
    if event.reason:
        why = short(trouble(_, event.reason), 200)
        text += " " + (_("Why: {reason}.", reason=why) if known else f"{plain(why)}.")
    if event.event == CampaignEvent.PAUSE and campaign.resumes_at:
        time = moment(_, campaign.resumes_at, progress.now)
        text += " " + _("It goes on by itself at {time}.", time=time)
    return Screen("\n".join([text, *account_lines(_, progress.accounts, progress.now)]), show)


_EVENTS = frozenset(CampaignEvent)
