"""The state of one bot: its updates, files and settings, and the checks that its methods share.

Events in the bot's box become updates. Methods ask here for a chat, a message, or a recipient.
"""

from __future__ import annotations

from typing import Any

from sandbox.bot_api import serializers
from sandbox.bot_api.errors import bad_request, forbidden
from sandbox.bot_api.files import Files
from sandbox.bot_api.updates import UpdateQueue
from sandbox.world import (
    BlockChanged,
    CallbackPressed,
    Event,
    Message,
    MessageEdited,
    MessageStored,
    PersonRecord,
    Reacted,
    World,
)

Json = dict[str, Any]


class BotContext:
    """A bot's pending updates, files, open callback queries and settings.

    Messages that were sent before the context existed are pending updates too.
    """

    def __init__(self, world: World, bot: PersonRecord) -> None:
        self.world = world
        self.bot = bot
        self.files = Files(bot.id)
        self.updates = UpdateQueue()
        self.queries: dict[str, int] = {}
        self.settings: dict[tuple[str, str, str], Any] = {}
        self._started: set[int] = set()
        self._content: dict[int, object] = {}
        for message in list(world.boxes[bot.id].values()):
            self._stored(message)
        self.unsubscribe = world.subscribe(bot.id, self._on_event)

    # --- events -------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        match event:
            case MessageStored(message):
                self._stored(message)
            case MessageEdited(message) if not message.out:
                self._edited(message)
            case CallbackPressed(query_id, person_id, message, data):
                self.queries[query_id] = person_id
                query = {
                    "id": query_id,
                    "from": serializers.user(self.world.people[person_id]),
                    "message": self.serialize(message),
                    "chat_instance": str(self.bot.id ^ person_id),
                    "data": data,
                }
                self.updates.put("callback_query", query)
            case BlockChanged(person_id, blocked):
                change = serializers.membership(self.bot, self.world.people[person_id], blocked)
                self.updates.put("my_chat_member", change)
            case Reacted(person_id, message, before, after):
                person = self.world.people[person_id]
                self.updates.put(
                    "message_reaction", serializers.reaction(person, message, before, after)
                )

    def _stored(self, message: Message) -> None:
        if message.service is not None:
            # Of a bot's own messages, only the service messages of its pins come back as updates.
            self.updates.put("message", self.serialize(message))
        elif not message.out:
            self._started.add(message.sender_id)
            self._content[message.id] = _content(message)
            self.updates.put("message", self.serialize(message))

    def _edited(self, message: Message) -> None:
        # The world reports reactions and pins as edits; the real server sends no update for those.
        if self._content.get(message.id) != _content(message):
            self._content[message.id] = _content(message)
            self.updates.put("edited_message", self.serialize(message))

    # --- used by methods ----------------------------------------------------

    def serialize(self, message: Message) -> Json:
        """Return a message as the Bot API's JSON."""
        return serializers.message(self.world, self.files, message)

    def chat(self, chat_id: int | str | None) -> PersonRecord:
        """Return the other side of a private chat; raises `ApiError`."""
        if chat_id in (None, ""):
            raise bad_request("chat_id is empty")
        try:
            person = self.world.people.get(int(str(chat_id)))
        except ValueError:
            person = None
        if person is None:
            raise bad_request("chat not found")
        return person

    def recipient(self, chat_id: int | str | None) -> PersonRecord:
        """Return the person behind `chat_id` if the bot may write to them; raises `ApiError`."""
        person = self.chat(chat_id)
        if person.deleted:
            raise forbidden("user is deactivated")
        if person.is_bot:
            raise forbidden("bots can't send messages to bots")
        if self.bot.id in person.blocked:
            raise forbidden("bot was blocked by the user")
        if person.id not in self._started:
            raise forbidden("bot can't initiate conversation with a user")
        return person

    def message(self, chat_id: int | str | None, message_id: int | None, missing: str) -> Message:
        """Return a message of this chat from the bot's box.

        Raises `ApiError` with the text `missing` when there is none.
        """
        person = self.chat(chat_id)
        if message_id is None:
            raise bad_request("message identifier is not specified")
        found = self.world.boxes[self.bot.id].get(message_id)
        if found is None or found.chat_id != person.id:
            raise bad_request(missing)
        return found


def _content(message: Message) -> object:
    return message.text, message.entities, message.media
