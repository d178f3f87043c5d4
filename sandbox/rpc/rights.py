"""Permission to write: to people by their privacy settings, to chats by their rules.

core.telegram.org/api/rights for chats, /api/privacy and /api/paid-messages for people.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from typing import Any

from sandbox.mtproto import Call, refuse
from sandbox.rpc.context import Context
from sandbox.world import ChatRecord, Content, PersonRecord

NOT_ALLOWED: dict[Content, str] = {
    "text": "CHAT_SEND_PLAIN_FORBIDDEN",
    "photo": "CHAT_SEND_PHOTOS_FORBIDDEN",
    "document": "CHAT_SEND_DOCS_FORBIDDEN",
    "video": "CHAT_SEND_VIDEOS_FORBIDDEN",
}


def check_may_write(context: Context, call: Call, recipient: int, *contents: Content) -> None:
    """Raise the error with which the real server refuses this message."""
    if recipient < 0:
        _check_chat(context, call.account, context.world.chat_records[recipient], contents)
    else:
        sender, person = context.world.people[call.account], context.world.people[recipient]
        _check_person(context, sender, person, call.request)


def _check_person(
    context: Context, sender: PersonRecord, person: PersonRecord, request: Any
) -> None:
    if person.deleted:
        raise refuse("INPUT_USER_DEACTIVATED")
    if sender.id in person.blocked:
        raise refuse("USER_IS_BLOCKED")
    if person.id in sender.blocked:
        raise refuse("YOU_BLOCKED_USER")
    if sender.is_bot and person.is_bot:
        raise refuse("USER_IS_BOT")
    everybody = person.accepts_strangers and not (person.premium_only or person.stars_to_write)
    if everybody or sender.id == person.id or sender.id in person.contacts:
        return
    if any(not m.out for m in context.world.history(sender.id, person.id)):
        return
    if person.premium_only:
        raise refuse("PRIVACY_PREMIUM_REQUIRED")
    if not person.accepts_strangers:
        raise refuse("USER_PRIVACY_RESTRICTED")
    if (request.allow_paid_stars or 0) < person.stars_to_write:
        raise refuse(f"ALLOW_PAYMENT_REQUIRED_{person.stars_to_write}")


def _check_chat(
    context: Context, account: int, chat: ChatRecord, contents: Collection[Content]
) -> None:
    member = chat.members.get(account)
    if chat.kind == "channel":
        if member is None or not member.admin:
            raise refuse("CHAT_ADMIN_REQUIRED")
        if not member.posts:
            raise refuse("CHAT_WRITE_FORBIDDEN")
        return
    if member is None:
        raise refuse("CHAT_WRITE_FORBIDDEN")
    if member.admin:
        return
    if member.muted:
        raise refuse("USER_BANNED_IN_CHANNEL")
    if not chat.allowed:
        raise refuse("CHAT_WRITE_FORBIDDEN")
    for content in contents:
        if content != "text" and not chat.allowed - {"text"}:
            raise refuse("CHAT_SEND_MEDIA_FORBIDDEN")
        if content not in chat.allowed:
            raise refuse(NOT_ALLOWED[content])
    _check_slow_mode(context, account, chat)


def _check_slow_mode(context: Context, account: int, chat: ChatRecord) -> None:
    """Raise SLOWMODE_WAIT_n for a second post of a member within the interval."""
    if not chat.slow_mode:
        return
    own = [m.date for m in context.world.history(account, chat.id) if m.sender_id == account]
    left = own[-1] + chat.slow_mode - time.time() if own else 0
    if left > 0:
        raise refuse(f"SLOWMODE_WAIT_{math.ceil(left)}")
