"""The chat page: the whole product in a browser, without a Telegram account."""

from sandbox.ports import PortTaken
from sandbox.web.chat import WebChat
from sandbox.web.stage import Step
from sandbox.web.truth import Owed

__all__ = ["Owed", "PortTaken", "Step", "WebChat"]
