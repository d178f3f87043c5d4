"""The chat page: the whole product in a browser, without a Telegram account."""

from sandbox.ports import PortTaken
from sandbox.web.chat import WebChat
from sandbox.web.counters import Owed
from sandbox.web.layout import Step

__all__ = ["Owed", "PortTaken", "Step", "WebChat"]
