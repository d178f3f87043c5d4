"""Deliveries that may have arrived: who, what is known, and the decisions."""

from __future__ import annotations

from datetime import datetime

from bot.ui.formatting import LONGEST_SHOWN, masked, moment, named, plain, short
from bot.ui.i18n import Markup, Translator
from bot.ui.navigation import OpenReport, OpenUnknowns
from bot.ui.pager import Page, turns
from bot.ui.reasons import delivery_reason
from bot.ui.screen import Key, Screen, back
from bot.unknowns.presses import AskAllUnknown, DecideAllUnknown, DecideUnknown, OpenUnknown
from db.models.admin import Admin, Right
from db.models.campaign import Campaign, CampaignStatus
from db.models.unknown import Decision, Unknown

PAGE_SIZE = 4


def unknowns(
    _: Translator, admin: Admin, campaign: Campaign, shown: Page[Unknown], count: int, now: datetime
) -> Screen:
    """List the open questions of one page; `count` is that of all."""
    report = back(_, OpenReport(campaign.id))
    title = _("<b>{name}</b>: unknown", name=short(campaign.name, LONGEST_SHOWN))
    if shown.is_empty_list:
        return Screen(f"{title}\n" + _("Nothing is left to decide here."), ((report,),))
    lines = [
        title,
        _.plural(
            "{n} person may have got the message: Telegram cannot be asked any more. Look into "
            "the account's chat with them, then say what happened.",
            "{n} people may have got the message: Telegram cannot be asked any more. Look into "
            "the account's chats with them, then say what happened.",
            count,
        ),
        "",
        *(_line(_, admin, one, now) for one in shown.items),
    ]
    rows = [
        (Key(short(_who(one, admin)), OpenUnknown(one.delivery_id, one.generation)),)
        for one in shown.items
    ]
    if admin.may_change(campaign.created_by) and count > 1:
        label = _.plural("Decide about {n} at once", "Decide about all {n} at once", count)
        rows.append((Key(label, AskAllUnknown(campaign.id)),))
    pages = turns(_, shown, lambda offset: OpenUnknowns(campaign.id, offset))
    return Screen("\n".join(lines), (*rows, (*pages, report)))


def unknown(_: Translator, admin: Admin, campaign: Campaign, one: Unknown, now: datetime) -> Screen:
    """Show what is known of one delivery, with the decisions or the one that stands."""
    lines = [
        _("<b>{name}</b>: unknown", name=short(campaign.name, LONGEST_SHOWN)),
        _line(_, admin, one, now),
        "",
    ]
    if one.decided is not None:
        return Screen(
            "\n".join([*lines, decided_before(_, one, now)]),
            ((back(_, OpenUnknowns(campaign.id)),),),
        )
    lines.append(_("Look into the account's chat with them: is the message there?"))
    decisions = _decisions(_, campaign)
    if Decision.SEND_AGAIN not in decisions:
        lines.append(_stopped(_))
    rows = [
        (Key(label, DecideUnknown(one.delivery_id, one.generation, decision)),)
        for decision, label in decisions.items()
        if admin.may_change(campaign.created_by)
    ]
    return Screen("\n".join(lines), (*rows, (back(_, OpenUnknowns(campaign.id)),)))


def ask_all(_: Translator, campaign: Campaign, count: int, at_once: int, until: int) -> Screen:
    """Ask what happened to `at_once` of the `count` open ones, and say what each answer does."""
    decisions = _decisions(_, campaign)
    lines = [
        _("<b>{name}</b>: unknown", name=short(campaign.name, LONGEST_SHOWN)),
        _.plural("One answer for {n} person:", "One answer for {n} people:", at_once),
    ]
    if at_once < count:
        lines.append(_("The other {n} come after them.", n=count - at_once))
    if Decision.SEND_AGAIN in decisions:
        lines.append(
            _("If you send it again, those who did get it have it twice. The stop list holds.")
        )
    else:
        lines.append(_stopped(_))
    rows = [
        (
            Key(
                f"{label} · {_.number(at_once)}",
                DecideAllUnknown(campaign.id, decision, until),
                "danger" if decision is Decision.SEND_AGAIN else None,
            ),
        )
        for decision, label in decisions.items()
    ]
    return Screen("\n".join(lines), (*rows, (back(_, OpenUnknowns(campaign.id)),)))


def _decisions(_: Translator, campaign: Campaign) -> dict[Decision, str]:
    """Return the labels of the decisions that the campaign allows."""
    labels = {
        Decision.ARRIVED: _("It arrived"),
        Decision.SEND_AGAIN: _("It did not: send again"),
        Decision.LEAVE: _("Leave it"),
    }
    if campaign.status is CampaignStatus.CANCELLED:
        del labels[Decision.SEND_AGAIN]
    return labels


def _stopped(_: Translator) -> str:
    return _("The campaign was stopped for good, so it sends nothing again.")


def cancelled(_: Translator) -> str:
    """Return the toast for sending again what a cancelled campaign left."""
    return _("The campaign was stopped for good: nothing is sent again. Nothing was changed.")


def decided(_: Translator, decision: Decision) -> str:
    """Return the toast after one decision."""
    return {
        Decision.ARRIVED: _("Noted: it arrived."),
        Decision.SEND_AGAIN: _("It is sent again."),
        Decision.LEAVE: _("It stays unknown."),
    }[decision]


def decided_all(_: Translator, decision: Decision, count: int) -> str:
    """Return the toast after a decision about `count` people; 0: others have decided before."""
    if not count:
        return _("Nothing was changed: all of these were decided before.")
    return {
        Decision.ARRIVED: _.plural("Noted: {n} arrived.", "Noted: {n} arrived.", count),
        Decision.SEND_AGAIN: _.plural("{n} is sent again.", "{n} are sent again.", count),
        Decision.LEAVE: _.plural("{n} stays unknown.", "{n} stay unknown.", count),
    }[decision]


def decided_before(_: Translator, one: Unknown, now: datetime) -> str:
    """Say who decided, when, and what; "" for an open question."""
    if (past := one.decided) is None:
        return ""
    by, time = short(past.by), moment(_, past.at, now)
    return {
        Decision.ARRIVED: _("{by} decided at {time}: it arrived.", by=by, time=time),
        Decision.SEND_AGAIN: _("{by} decided at {time}: send it again.", by=by, time=time),
        Decision.LEAVE: _("{by} decided at {time}: leave it unknown.", by=by, time=time),
    }[past.decision]


def _line(_: Translator, admin: Admin, one: Unknown, now: datetime) -> str:
    """Return who it is, and below it when and by which account Telegram was asked, and why."""
    names = " · ".join(plain(name) for name in _names(one, admin))
    account = named(one.account or "?")
    why = plain(short(delivery_reason(_, one.reason), LONGEST_SHOWN))
    if one.asked_at is None:
        return f"<b>{names}</b>"
    asked = _(
        "asked {time} by {account}: {why}",
        time=moment(_, one.asked_at, now),
        account=Markup(account),
        why=Markup(why),
    )
    return f"<b>{names}</b>\n– {asked}"


def _who(one: Unknown, admin: Admin) -> str:
    return _names(one, admin)[0]


def _names(one: Unknown, admin: Admin) -> list[str]:
    """Return the name, @username and phone, masked unless the admin may see it; else the id."""
    names = [] if one.name is None else [short(one.name, LONGEST_SHOWN)]
    if one.username is not None:
        names.append(f"@{one.username}")
    if one.phone is not None:
        names.append(one.phone if admin.may(Right.PHONES) else masked(one.phone))
    return names or [f"id {one.user_id}"]
