"""The presses that lead from one feature's screens to another feature.

A press that stays within its feature is defined in the feature's `presses.py`.
"""

from __future__ import annotations

from bot.ui.buttons import Press
from bot.ui.i18n import Language


class OpenHome(Press, data="home:0:show"):
    """The dashboard."""


class CancelPrompt(Press, data="home:0:cancel"):
    """What /cancel does."""


class OpenSettings(Press, data="home:0:settings"):
    """The admin's own settings."""


class OpenZones(Press, data="home:0:zones"):
    """The question about the time zone."""


class ChooseLanguage(Press, data="home:0:language:{language}"):
    """Read the bot in this language."""

    language: Language


class OpenCampaigns(Press, data="c:{offset}:page"):
    """A page of all campaigns."""

    offset: int = 0


class OpenCampaign(Press, data="c:{campaign_id}:show"):
    """The campaign's card."""

    campaign_id: int


class OpenReport(Press, data="c:{campaign_id}:report"):
    """The campaign's report."""

    campaign_id: int


class OpenUnknowns(Press, data="u:{campaign_id}:page:{offset}"):
    """A page of the campaign's deliveries that may have arrived."""

    campaign_id: int
    offset: int = 0


class NewCampaign(Press, data="b:0:new"):
    """The first question about a new draft."""


class OpenReview(Press, data="e:{campaign_id}:step:review"):
    """The draft as it would start now."""

    campaign_id: int


class OpenContactLists(Press, data="l:{offset}:page"):
    """A page of all contact lists."""

    offset: int = 0


class OpenContactList(Press, data="l:{contact_list_id}:show"):
    """One contact list."""

    contact_list_id: int


class AskGathering(Press, data="g:{account_id}:ask"):
    """The first question about people who wrote to us; 0: the account is asked for."""

    account_id: int = 0


class OpenTemplates(Press, data="t:{offset}:page"):
    """A page of all messages."""

    offset: int = 0


class OpenAccounts(Press, data="a:{offset}:page"):
    """A page of all accounts."""

    offset: int = 0


class OpenAccount(Press, data="a:{account_id}:show"):
    """One account with its caps."""

    account_id: int
