"""The buttons of a campaign under way."""

from __future__ import annotations

from bot.ui.buttons import Press


class PauseCampaign(Press, data="c:{campaign_id}:pause"):
    campaign_id: int


class ResumeCampaign(Press, data="c:{campaign_id}:resume"):
    campaign_id: int


class AskStop(Press, data="c:{campaign_id}:stop"):
    """The question before a campaign is stopped."""

    campaign_id: int


class StopCampaign(Press, data="c:{campaign_id}:stopped"):
    campaign_id: int
