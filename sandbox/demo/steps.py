"""The guided path that the chat page shows to somebody who sees the product for the first time."""

from __future__ import annotations

from sandbox.demo.picture import poster
from sandbox.demo.sample import Sample
from sandbox.web import Step


def guided_path(sample: Sample) -> list[Step]:
    """Five steps from a file to a report; the files are offered for download."""
    return [
        Step(
            "Say /start",
            "You are Anna. Open the chat with Campaign desk on the left and send /start. "
            "The shop's account is connected already.",
        ),
        Step(
            "Send the bot a contact list",
            "Download one of these files and drop it into the chat. They are as messy as real "
            "ones: the bot will tell you what it cannot use.",
            {"clients_may.csv": sample.first_file(), "fair_2026.csv": sample.second_file()},
        ),
        Step(
            "Make a message",
            "Press /templates, then New message, and send it as people should see it. "
            "{{name|friend}} becomes each person's name.",
            {"poster.png": poster()},
        ),
        Step(
            "Build a campaign and press Start",
            "/new asks for a name, the list, the message, the account, the rate and the mode.",
        ),
        Step(
            "Make trouble",
            "Open the panel of misfortunes while it runs: a FLOOD_WAIT, a cut line, a kill -9. "
            "The counter of the truth shows that everybody still gets one message.",
        ),
    ]
