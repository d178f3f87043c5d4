"""The demo's chat page: the stage's people on it, and misfortunes of the demo's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sandbox.demo.owed import Debt, ends_campaign
from sandbox.demo.sample import ADMIN_ID, BOT_ID, SENDER_ID
from sandbox.demo.stage import Stage
from sandbox.web import Step, WebChat
from sandbox.world import set_blocked

FEW = 10


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


def chat_page(stage: Stage, steps: list[Step], audience: Collection[int] = ()) -> WebChat:
    """The page of this stage, not started yet. `audience`: see `Debt`."""
    troubles = Troubles(stage)
    return WebChat(
        stage.sandbox.world,
        stage.sandbox.faults,
        admin_id=ADMIN_ID,
        bot_id=BOT_ID,
        sender_id=SENDER_ID,
        misfortunes={"Block the sender": troubles.block, "Kill the bot": troubles.kill},
        steps=steps,
        bot_api=stage.sandbox.bot_api,
        owed=Debt(
            stage.sandbox.world,
            admin_id=ADMIN_ID,
            bot_id=BOT_ID,
            sender_id=SENDER_ID,
            audience=audience,
        ),
        ends=ends_campaign,
    )
