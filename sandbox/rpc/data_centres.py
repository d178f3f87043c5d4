"""Data centres: their addresses, and carrying a sign-in from one to another.

core.telegram.org/api/datacenter: an account is at home in one of them. The others answer its calls
with USER_MIGRATE_n, and its sign-in with PHONE_MIGRATE_n. An authorization key belongs to one data
centre. auth.exportAuthorization and auth.importAuthorization sign a key of another one in.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc.auth import welcome
from sandbox.rpc.context import DC_ID, Context, ExportedSignIn
from sandbox.rpc.registry import handles

# What an account may ask of a data centre that is not its home.
ABROAD = ("auth.exportAuthorization", "auth.logOut", "upload.")


def check_home(context: Context, call: Call) -> None:
    """Raise USER_MIGRATE_n for a call of an account whose home is another data centre."""
    home = context.world.people[call.account].home_dc
    if home not in (None, call.credential.dc_id) and not call.method.startswith(ABROAD):
        raise refuse(f"USER_MIGRATE_{home}")


@handles(functions.auth.ExportAuthorizationRequest)
async def export_authorization(context: Context, call: Call) -> Any:
    """Return a token with which a key of another data centre can be signed in once."""
    dc_id = call.request.dc_id
    if dc_id not in context.addresses or dc_id == call.credential.dc_id:
        raise refuse("DC_ID_INVALID")
    token = secrets.token_bytes(32)
    context.exported[token] = ExportedSignIn(call.account, dc_id)
    return types.auth.ExportedAuthorization(call.account, token)


@handles(functions.auth.ImportAuthorizationRequest, before_login=True)
async def import_authorization(context: Context, call: Call) -> Any:
    exported = context.exported.pop(call.request.bytes, None)
    if exported != ExportedSignIn(call.request.id, call.credential.dc_id):
        raise refuse("AUTH_BYTES_INVALID")
    return welcome(context, call, context.world.people[exported.person_id])


@handles(functions.help.GetNearestDcRequest, before_login=True)
async def get_nearest_dc(context: Context, call: Call) -> Any:  # noqa: ARG001
    return types.NearestDc("DE", call.credential.dc_id, DC_ID)


@handles(functions.help.GetConfigRequest, before_login=True)
async def get_config(context: Context, call: Call) -> Any:
    now = int(time.time())
    return types.Config(
        date=now,
        expires=now + 3600,
        test_mode=False,
        this_dc=call.credential.dc_id,
        dc_options=[types.DcOption(dc, *at) for dc, at in context.addresses.items()],
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
