"""The dashboard that /start shows, the help, and what /cancel says."""

from __future__ import annotations

from bot.home.view_model import Overview
from bot.ui.campaign_lines import campaign_line
from bot.ui.formatting import moment, short
from bot.ui.i18n import Translator
from bot.ui.navigation import (
    NewCampaign,
    OpenAccounts,
    OpenCampaign,
    OpenCampaigns,
    OpenContactLists,
    OpenSettings,
    OpenTemplates,
    OpenZones,
)
from bot.ui.screen import Key, Screen, home, other_language
from db.models.account import AccountStatus
from db.models.admin import Admin, Right


def dashboard(_: Translator, admin: Admin, overview: Overview) -> Screen:
    """Show what is under way, or the first three steps while one of them is missing."""
    text = _overview(_, overview) if overview.is_ready else _first_steps(_, admin, overview)
    return Screen(text, _keys(_, admin, overview))


def _first_steps(_: Translator, admin: Admin, overview: Overview) -> str:
    steps = [
        (bool(overview.accounts), _("1. Connect a sender account")),
        (overview.has_lists, _("2. Upload a contact list")),
        (overview.has_templates, _("3. Make a message")),
    ]
    return "\n".join(
        [
            _("<b>Campaign desk</b>"),
            _("Hello, {name}. Three things before the first campaign:", name=admin.name),
            "",
            *(f"{'✓' if done else '○'} {what}" for done, what in steps),
        ]
    )


def _overview(_: Translator, overview: Overview) -> str:
    lines = [_("<b>Campaign desk</b>")]
    lines += [
        campaign_line(_, campaign, overview.now, overview.forecasts.get(campaign.id))
        for campaign in overview.under_way
    ]
    lines += [campaign_line(_, campaign, overview.now) for campaign in overview.drafts]
    if not overview.under_way and not overview.drafts:
        lines.append(_("No campaign is under way."))
    return "\n".join([*lines, "", _accounts(_, overview)])


def _accounts(_: Translator, overview: Overview) -> str:
    statuses = [account.status for account in overview.accounts]
    ready = statuses.count(AccountStatus.ACTIVE)
    parts = [_.plural("{n} account ready", "{n} accounts ready", ready)]
    resting = [a.until for a in overview.accounts if a.until]
    if resting:
        until = moment(_, min(resting), overview.now)
        parts.append(
            _.plural("{n} rests until {time}", "{n} rest until {time}", len(resting), time=until)
        )
    if lost := statuses.count(AccountStatus.LOST):
        parts.append(_.plural("{n} is signed out", "{n} are signed out", lost))
    return ", ".join(parts) + "."


def _keys(_: Translator, admin: Admin, overview: Overview) -> tuple[tuple[Key, ...], ...]:
    contacts, messages, accounts = (
        (_("Contacts"), _("Messages"), _("Accounts"))
        if overview.is_ready
        else (_("Upload contacts"), _("Make a message"), _("Connect an account"))
    )
    rows: list[tuple[Key, ...]] = [
        (Key(short(f"● {c.name}"), OpenCampaign(c.id)),) for c in overview.under_way[:1]
    ]
    if admin.may(Right.BUILD) and overview.is_ready:
        rows.append((Key(_("New campaign"), NewCampaign(), "success"),))
    rows.append((Key(_("Campaigns"), OpenCampaigns()), Key(accounts, OpenAccounts())))
    rows.append((Key(contacts, OpenContactLists()), Key(messages, OpenTemplates())))
    if admin.zone is None:
        rows.append((Key(_("Time zone"), OpenZones()), other_language(_)))
    else:
        rows.append((Key(_("Settings"), OpenSettings()),))
    return tuple(rows)


def help_text(_: Translator, admin: Admin) -> Screen:
    """List the commands that the admin's role may use."""
    lines = [_("/start – how everything stands"), _("/campaigns – all campaigns")]
    if admin.may(Right.BUILD):
        lines += [
            _("/new – a new campaign"),
            _("/lists – contact lists; or simply send me a CSV, JSONL or TXT file"),
            _("/templates – messages; or send me one there as people should see it"),
        ]
    lines += [
        _("/optouts – the stop list: who gets nothing more"),
        _("/accounts – the accounts that send"),
        _("/settings – language and time zone"),
        _("/cancel – stop what I am waiting for"),
    ]
    return Screen("\n".join(lines), ((home(_),),))


def cancelled(_: Translator, state: str | None) -> Screen:
    """Say what was cancelled. `state` is the stored name of the prompt; None: there was none."""
    said = {
        "Building:name": _("Cancelled: I no longer wait for the campaign's name."),
        "Building:rate": _("Cancelled: the campaign keeps the rate it had."),
        "OptingOut:line": _("Cancelled: the closing line stays as it was."),
        "Preferences:zone": _("Cancelled: your time zone stays as it was."),
        "Uploading:list_name": _("Cancelled: the file is not saved as a contact list."),
        "Uploading:basis_note": _("Cancelled: the file is not saved as a contact list."),
        "Composing:message": _("Cancelled: I no longer wait for the message."),
        "Composing:name": _("Cancelled: the message is not saved."),
    }
    nothing = _("There is nothing to cancel: I was not waiting for anything.")
    return Screen(said.get(state, nothing) if state else nothing, ((home(_),),))
