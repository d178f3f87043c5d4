"""Users by their ids, and what a first message to them requires."""

from __future__ import annotations

import contextlib
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, RpcFailure
from sandbox.rpc.context import Context
from sandbox.rpc.registry import handles
from sandbox.world import PersonRecord


@handles(functions.users.GetUsersRequest)
async def get_users(context: Context, call: Call) -> list[Any]:
    """Return the users that this account may see.

    As on the real server, an id of no user is answered with a userEmpty, and a user whose access
    hash is wrong is omitted.
    """
    answer: list[Any] = []
    for wanted in call.request.id:
        user_id = context.peers.marked_id(call.account, wanted) or 0
        if user_id not in context.world.people:
            answer.append(types.UserEmpty(user_id))
            continue
        with contextlib.suppress(RpcFailure):
            person = context.peers.resolve(call.account, wanted)
            answer.append(context.peers.user(call.account, person))
    return answer


@handles(functions.users.GetFullUserRequest)
async def get_full_user(context: Context, call: Call) -> Any:
    person = context.peers.resolve(call.account, call.request.id)
    full = types.UserFull(
        id=person.id,
        settings=types.PeerSettings(),
        notify_settings=types.PeerNotifySettings(),
        common_chats_count=0,
        blocked=person.id in context.world.people[call.account].blocked,
        contact_require_premium=person.premium_only,
        send_paid_messages_stars=person.stars_to_write or None,
    )
    user = context.peers.user(call.account, person)
    return types.users.UserFull(full_user=full, chats=[], users=[user])


@handles(functions.users.GetRequirementsToContactRequest)
async def get_requirements_to_contact(context: Context, call: Call) -> list[Any]:
    """Return what a first message to each of these people requires."""
    people = [context.peers.resolve(call.account, wanted) for wanted in call.request.id]
    return [_requirement(person) for person in people]


def _requirement(person: PersonRecord) -> Any:
    if person.premium_only:
        return types.RequirementToContactPremium()
    if person.stars_to_write:
        return types.RequirementToContactPaidMessages(person.stars_to_write)
    return types.RequirementToContactEmpty()
