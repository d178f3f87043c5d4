"""The chat page: the world's conversations in a browser, with counters, fault buttons and a guide.

The page knows no people and no purpose of its own: its `Layout`, counters, buttons and steps come
from the caller.
"""

from sandbox.ports import PortTaken
from sandbox.web.chat import WebChat
from sandbox.web.counters import Counter, SentMessages
from sandbox.web.guide import Step
from sandbox.web.layout import SERVICE_ID, Layout, Role, Section, Side, Texts, phones_around

__all__ = [
    "SERVICE_ID",
    "Counter",
    "Layout",
    "PortTaken",
    "Role",
    "Section",
    "SentMessages",
    "Side",
    "Step",
    "Texts",
    "WebChat",
    "phones_around",
]
