"""The guide of the chat page: six steps through the product for a first-time user.

A step is done when the conversation shows it. The patterns match the bot's texts in English and in
Russian; where none matches, the user goes on with "Next".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from demo.picture import poster
from demo.report import is_report
from demo.sample import ADMIN_ID, BOT_ID, Sample
from sandbox.web import Step
from sandbox.world import Message, World

_LIST_SAVED = re.compile(r"is saved:|^Сохранено: .* человека?\.$")
_MESSAGE_SAVED = re.compile(r"is saved\.|^Сохранено: (?!.* человека?\.$)")
_CARD = re.compile("[▰▱]{10}")


def guided_path(sample: Sample, world: World) -> list[Step]:
    """Return the steps from a contact file to a report, with the sample's files to download."""

    def seen(fits: Callable[[Message], object]) -> Callable[[], bool]:
        return lambda: any(map(fits, world.history(ADMIN_ID, BOT_ID)))

    return [
        Step(
            "Say /start",
            "You are Anna, who owns a lavender shop, and this is your chat with the bot. "
            "The shop's own account is connected already. Press /start, or type it.",
            done=seen(lambda message: message.out and message.text == "/start"),
        ),
        Step(
            "Drop a contact list into the chat",
            "Download one of these files and drag it here. They are as messy as real ones: the "
            "bot says what it cannot use. Answer its questions until the list is saved.",
            {"clients_may.csv": sample.first_file(), "fair_2026.csv": sample.second_file()},
            done=seen(lambda message: _LIST_SAVED.search(message.text)),
        ),
        Step(
            "Make a message",
            "Send /templates, press New message, and write it as people should see it; a picture "
            "may come with it. {{name|friend}} becomes each person's name.",
            {"poster.png": poster()},
            "Hello, {{name|friend}}! The lavender is in bloom: come and smell it this weekend.",
            done=seen(lambda message: not message.out and _MESSAGE_SAVED.search(message.text)),
        ),
        Step(
            "Build a campaign and press Start",
            "Send /new. It asks for a name, the list, the message, the account, the rate and the "
            "mode, and then shows what would happen. A rate of 5/s is good to watch.",
            done=seen(lambda message: _CARD.search(message.text)),
        ),
        Step(
            "Make trouble while it runs",
            "Press a misfortune: a FLOOD_WAIT, a cut line, a kill -9. Look at the phones of those "
            "who got the message, and reply STOP from one. When many leave, it pauses itself.",
            done=seen(is_report),
        ),
        Step(
            "Compare the report with the truth",
            "The bot has told you what became of everybody. The counter of the truth is read from "
            "the log of this pretend Telegram: nobody got two, nobody is lost.",
        ),
    ]
