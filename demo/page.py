"""The demo's chat page: its layout, its counters, and faults that only the demo can inject."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from demo.report import is_report_entry
from demo.sample import ADMIN_ID, BOT_ID, SENDER_ID
from demo.stage import Stage
from demo.undelivered import UndeliveredCounter
from sandbox.web import (
    SERVICE_ID,
    Layout,
    Role,
    Section,
    SentMessages,
    Side,
    Step,
    Texts,
    WebChat,
)
from sandbox.world import World, set_blocked

BLOCKER_AHEAD = 10  # people, in the order of the files
TEXTS = Texts(
    panel="Truth and misfortunes",
    counters="The truth",
    counters_note="From this Telegram’s log, not from what the bot believes.",
    faults="Misfortunes",
    faults_note="Telegram’s own strike the sender’s next message.",
)


@dataclass(slots=True)
class DemoFaults:
    """Faults of the product and of its recipients. The page shows the methods' docstrings."""

    stage: Stage

    async def kill(self) -> None:
        """kill -9, and started again at once."""
        await self.stage.product.kill()
        await self.stage.product.start()

    async def block(self) -> None:
        """One of the next customers does."""
        world = self.stage.sandbox.world
        written = world.chats(SENDER_ID)  # the newest first
        waiting = [
            one
            for one in sorted(self.stage.sample.reachable - {*written})
            if SENDER_ID not in world.people[one].blocked
        ]
        if not waiting:
            raise RuntimeError("everybody has the message already")
        # A campaign follows the order of the files and claims a few people at a time: a person
        # some places ahead has not been claimed yet.
        ahead = [one for one in waiting if written and one > written[0]] or waiting
        set_blocked(world, ahead[:BLOCKER_AHEAD][-1], SENDER_ID, True)


def layout(world: World) -> Layout:
    """Return the layout: the admin's chats, the sender account's and the recipients' phones."""

    def of_admin(side: Side) -> bool:
        return side[0] == ADMIN_ID

    def of_sender(side: Side) -> bool:
        return side[0] == SENDER_ID and side[1] in (SENDER_ID, SERVICE_ID)

    def of_recipient(side: Side) -> bool:
        owner, chat = side
        return chat in (SENDER_ID, BOT_ID) and owner != SENDER_ID and not world.people[owner].is_bot

    return Layout(
        world,
        home=(ADMIN_ID, BOT_ID),
        sections=(
            Section("you", "You, the admin", of_admin),
            Section("sender", "The sender account", of_sender),
            Section(
                "recipients",
                "Recipients’ phones",
                of_recipient,
                phone=True,
                quick_replies=("STOP",),
                empty="Whoever gets a message appears here.",
            ),
        ),
        always=((SENDER_ID, SENDER_ID),),
        roles={SENDER_ID: Role("the sender", "the sender account")},
        texts=TEXTS,
        verbatim=(("{{", "}}"),),
    )


def chat_page(stage: Stage, steps: list[Step], audience: Collection[int] = ()) -> WebChat:
    """Return the page of this stage, not started. `audience` is that of `UndeliveredCounter`."""
    world, faults = stage.sandbox.world, DemoFaults(stage)
    sent = SentMessages(world.log.path, may_repeat_after=is_report_entry)
    undelivered = UndeliveredCounter(
        world, admin_id=ADMIN_ID, bot_id=BOT_ID, sender_id=SENDER_ID, audience=audience
    )
    return WebChat(
        layout(world),
        stage.sandbox.faults,
        bot_api=stage.sandbox.bot_api,
        counters=lambda: [*sent(), *undelivered.counters()],
        faulted_account=SENDER_ID,
        buttons={"Block the sender": faults.block, "Kill the bot": faults.kill},
        steps=steps,
    )
