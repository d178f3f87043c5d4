"""The demo's chat page: the stage's people on it, and misfortunes of the demo's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from demo.sample import ADMIN_ID, BOT_ID, SENDER_ID
from demo.stage import Stage
from demo.undelivered import Debt, ends_campaign
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

FEW = 10
TEXTS = Texts(
    panel="Truth and misfortunes",
    counters="The truth",
    counters_note="From this Telegram’s log, not from what the bot believes.",
    faults="Misfortunes",
    faults_note="Telegram’s own strike the sender’s next message.",
)


@dataclass(slots=True)
class Troubles:
    """What only the demo can make go wrong; the docstrings are what the page says of it."""

    stage: Stage

    async def kill(self) -> None:
        """kill -9, and started again at once."""
        await self.stage.product.kill()
        await self.stage.product.start()

    async def block(self) -> None:
        """One of the next customers does."""
        world = self.stage.sandbox.world
        got = world.chats(SENDER_ID)  # the newest first
        waiting = [
            one
            for one in sorted(self.stage.sample.reachable - {*got})
            if SENDER_ID not in world.people[one].blocked
        ]
        if not waiting:
            raise RuntimeError("everybody has the message already")
        # Campaigns go through the files from top to bottom, a few people at a time.
        ahead = [one for one in waiting if got and one > got[0]] or waiting
        set_blocked(world, ahead[:FEW][-1], SENDER_ID, True)


def layout(world: World) -> Layout:
    """The admin's chats, the sender account's own, and the recipients' phones."""

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
    """The page of this stage, not started yet. `audience`: see `Debt`."""
    world, troubles = stage.sandbox.world, Troubles(stage)
    sent = SentMessages(world.log.path, may_repeat_after=ends_campaign)
    debt = Debt(world, admin_id=ADMIN_ID, bot_id=BOT_ID, sender_id=SENDER_ID, audience=audience)
    return WebChat(
        layout(world),
        stage.sandbox.faults,
        bot_api=stage.sandbox.bot_api,
        counters=lambda: [*sent(), *debt.counters()],
        faulted_account=SENDER_ID,
        buttons={"Block the sender": troubles.block, "Kill the bot": troubles.kill},
        steps=steps,
    )
