"""Users by their ids, and the server's configuration."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, RpcFailure
from sandbox.rpc.context import DC_ID, Context
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


@handles(functions.help.GetConfigRequest, before_login=True)
async def get_config(context: Context, call: Call) -> Any:  # noqa: ARG001
    host, port = context.address
    now = int(time.time())
    return types.Config(
        date=now,
        expires=now + 3600,
        test_mode=False,
        this_dc=DC_ID,
        dc_options=[types.DcOption(DC_ID, host, port)],
        dc_txt_domain_name="",
        chat_size_max=200,
        megagroup_size_max=200_000,
        forwarded_count_max=100,
        online_update_period_ms=210_000,
        offline_blur_timeout_ms=5_000,
        offline_idle_timeout_ms=30_000,
        online_cloud_timeout_ms=300_000,
        notify_cloud_delay_ms=30_000,
        notify_default_delay_ms=1_500,
        push_chat_period_ms=60_000,
        push_chat_limit=2,
        edit_time_limit=172_800,
        revoke_time_limit=2**31 - 1,
        revoke_pm_time_limit=2**31 - 1,
        rating_e_decay=2_419_200,
        stickers_recent_limit=200,
        channels_read_media_period=604_800,
        call_receive_timeout_ms=20_000,
        call_ring_timeout_ms=90_000,
        call_connect_timeout_ms=30_000,
        call_packet_timeout_ms=10_000,
        me_url_prefix="https://t.me/",
        caption_length_max=1024,
        message_length_max=4096,
        webfile_dc_id=DC_ID,
    )
