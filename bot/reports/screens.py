"""What a campaign came to, and what the admins are told when something happens to it."""

from __future__ import annotations

from bot.campaigns.card import account_lines, reason_lines, response_lines
from bot.ui.formatting import campaign_sign, campaign_status, duration, mode, moment, plain, rate
from bot.ui.i18n import Words
from bot.ui.reasons import trouble
from bot.ui.screen import Screen, key
from db.models.campaign import CampaignEvent, CampaignHistory, Mode
from db.models.delivery import DeliveryStatus
from db.models.report import Standing

MOST_REASONS = 12


def report(_: Words, standing: Standing) -> Screen:
    """Counts by reason, in people's words."""
    campaign, counts = standing.campaign, standing.campaign.counts
    status = f"{campaign_sign(campaign.status)} {campaign_status(_, campaign.status)}"
    if campaign.mode is not Mode.LIVE:
        status += f" · {mode(_, campaign.mode)}"
    share = round(100 * counts.sent / counts.total) if counts.total else 0
    lines = [
        f"<b>{plain(campaign.name)}</b>",
        status,
        _.plural("{n} person:", "{n} people:", counts.total),
        _("{n} delivered ({share}%)", n=counts.sent, share=share),
        *response_lines(_, standing),
        *_group(_, standing, _("{n} failed:", n=counts.failed), DeliveryStatus.FAILED),
        *_group(_, standing, _("{n} skipped:", n=counts.skipped), DeliveryStatus.SKIPPED),
        *_group(_, standing, _("{n} unknown:", n=counts.unknown), DeliveryStatus.UNKNOWN),
    ]
    if counts.pending:
        lines.append(_.plural("{n} not sent", "{n} not sent", counts.pending))
    lines += ["", _pace(_, standing)]
    keys = (
        (key(_("File with every person"), "c", campaign.id, "file"),),
        (key(_("‹ Campaigns"), "c", 0, "page"),),
    )
    return Screen("\n".join(lines), keys)


def _group(_: Words, standing: Standing, title: str, status: DeliveryStatus) -> list[str]:
    reasons = tuple(reason for reason in standing.reasons if reason.status is status)
    if not reasons:
        return []
    lines = [title, *reason_lines(_, reasons[:MOST_REASONS])]
    if rest := sum(reason.people for reason in reasons[MOST_REASONS:]):
        lines.append(_("– other reasons: {n}", n=rest))
    return lines


def _pace(_: Words, standing: Standing) -> str:
    campaign = standing.campaign
    if campaign.finished_at is None or standing.took is None:
        return _("At {rate}.", rate=rate(_, campaign.rate))
    return _(
        "At {rate}, in {duration}, ended {time}.",
        rate=rate(_, campaign.rate),
        duration=duration(_, standing.took),
        time=moment(_, campaign.finished_at, standing.now),
    )


def making_file(_: Words) -> str:
    return _("The file is on its way.")


def file_failed(_: Words, campaign_id: int) -> Screen:
    text = _("The file with every person could not be made. Try again; the log says what happened.")
    return Screen(text, ((key(_("File with every person"), "c", campaign_id, "file"),),))


def caption(_: Words, standing: Standing) -> str:
    """Under the file with every person."""
    return _("{name}: every person, with what came of it.", name=standing.campaign.name)


def happened(_: Words, event: CampaignHistory, standing: Standing, by: str | None) -> Screen:
    """The news of one event, for an admin who did not cause it. `by` is who did; None: itself."""
    campaign = standing.campaign
    name = campaign.name
    show = ((key(_("Show"), "c", campaign.id, "show"),),)
    if event.event == CampaignEvent.FINISH:
        return report(_, standing)
    said = {
        (CampaignEvent.START, True): _("● <b>{name}</b> has started.", name=name),
        (CampaignEvent.START, False): _("● {by} started <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.PAUSE, True): _("‖ <b>{name}</b> has paused itself.", name=name),
        (CampaignEvent.PAUSE, False): _("‖ {by} paused <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.RESUME, True): _("● <b>{name}</b> goes on.", name=name),
        (CampaignEvent.RESUME, False): _("● {by} resumed <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.CANCEL, True): _("✕ <b>{name}</b> was stopped.", name=name),
        (CampaignEvent.CANCEL, False): _("✕ {by} stopped <b>{name}</b>.", name=name, by=by),
        (CampaignEvent.SCHEDULE, True): _("◷ <b>{name}</b> is scheduled.", name=name),
        (CampaignEvent.SCHEDULE, False): _("◷ {by} scheduled <b>{name}</b>.", name=name, by=by),
    }
    known = event.event in _EVENTS
    text = said[CampaignEvent(event.event), by is None] if known else f"<b>{plain(name)}</b>:"
    if event.reason:
        why = trouble(_, event.reason)
        text += " " + (_("Why: {reason}.", reason=why) if known else f"{plain(why)}.")
    if event.event == CampaignEvent.PAUSE and campaign.resumes_at:
        time = moment(_, campaign.resumes_at, standing.now)
        text += " " + _("It goes on by itself at {time}.", time=time)
    return Screen("\n".join([text, *account_lines(_, standing)]), show)


_EVENTS = frozenset(CampaignEvent)
