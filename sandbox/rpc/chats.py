"""Groups and channels: their data, their members, joining and leaving."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import serializers
from sandbox.rpc.context import Context
from sandbox.rpc.peers import bare
from sandbox.rpc.registry import handles
from sandbox.world import ChatRecord


@handles(functions.channels.GetChannelsRequest)
async def get_channels(context: Context, call: Call) -> Any:
    chats = [context.peers.resolve_chat(call.account, wanted) for wanted in call.request.id]
    return types.messages.Chats([context.peers.chat(call.account, chat) for chat in chats])


@handles(functions.messages.GetChatsRequest)
async def get_chats(context: Context, call: Call) -> Any:
    chats = [_group(context, call.account, number) for number in call.request.id]
    return types.messages.Chats([context.peers.chat(call.account, chat) for chat in chats])


@handles(functions.channels.GetFullChannelRequest)
async def get_full_channel(context: Context, call: Call) -> Any:
    world, account = context.world, call.account
    chat = context.peers.resolve_chat(account, call.request.channel)
    history, read = world.history(account, chat.id), world.inbox_read[account, chat.id]
    full = types.ChannelFull(
        id=bare(chat.id),
        about=chat.about,
        read_inbox_max_id=read,
        read_outbox_max_id=world.outbox_read[account, chat.id],
        unread_count=sum(1 for m in history if m.sender_id != account and m.id > read),
        chat_photo=types.PhotoEmpty(0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=world.pts(chat.id),
        participants_count=len(chat.members),
        slowmode_seconds=chat.slow_mode or None,
    )
    return types.messages.ChatFull(full, **context.peers.users_and_chats(account, {chat.id}))


@handles(functions.messages.GetFullChatRequest)
async def get_full_chat(context: Context, call: Call) -> Any:
    chat = _group(context, call.account, call.request.chat_id)
    participants = [
        types.ChatParticipantAdmin(one, one, chat.date)
        if member.admin
        else types.ChatParticipant(one, one, chat.date)
        for one, member in chat.members.items()
    ]
    full = types.ChatFull(
        id=bare(chat.id),
        about=chat.about,
        participants=types.ChatParticipants(bare(chat.id), participants, version=1),
        notify_settings=types.PeerNotifySettings(),
    )
    return types.messages.ChatFull(
        full, **context.peers.users_and_chats(call.account, {chat.id, *chat.members})
    )


@handles(functions.channels.GetParticipantRequest)
async def get_participant(context: Context, call: Call) -> Any:
    """Return the rights of one member; 400 USER_NOT_PARTICIPANT for another person."""
    chat = context.peers.resolve_chat(call.account, call.request.channel)
    person = context.peers.resolve(call.account, call.request.participant)
    member = chat.members.get(person.id)
    if member is None:
        raise refuse("USER_NOT_PARTICIPANT")
    participant: Any = types.ChannelParticipant(person.id, chat.date)
    if member.creator:
        rights = context.peers.chat(person.id, chat).admin_rights
        participant = types.ChannelParticipantCreator(person.id, rights)
    elif member.admin:
        rights = context.peers.chat(person.id, chat).admin_rights
        participant = types.ChannelParticipantAdmin(person.id, person.id, chat.date, rights)
    parties = context.peers.users_and_chats(call.account, {chat.id, person.id})
    return types.channels.ChannelParticipant(participant, **parties)


@handles(functions.channels.JoinChannelRequest)
async def join_channel(context: Context, call: Call) -> Any:
    chat = context.peers.resolve_chat(call.account, call.request.channel)
    if call.account in chat.members:
        raise refuse("USER_ALREADY_PARTICIPANT")
    context.world.join(chat.id, call.account)
    return _changed(context, call.account, chat)


@handles(functions.channels.LeaveChannelRequest)
async def leave_channel(context: Context, call: Call) -> Any:
    chat = context.peers.resolve_chat(call.account, call.request.channel)
    if call.account not in chat.members:
        raise refuse("USER_NOT_PARTICIPANT")
    context.world.leave(chat.id, call.account)
    return _changed(context, call.account, chat)


def _changed(context: Context, account: int, chat: ChatRecord) -> Any:
    return serializers.bundle(context, account, [types.UpdateChannel(bare(chat.id))], {chat.id})


def _group(context: Context, account: int, number: int) -> ChatRecord:
    return context.peers.resolve_chat(account, types.InputPeerChat(number))
