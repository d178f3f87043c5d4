"""Lookup by username and phone, and the account's contacts."""

from __future__ import annotations

import re
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import serializers
from sandbox.rpc.context import Context
from sandbox.rpc.peers import peer
from sandbox.rpc.registry import handles
from sandbox.world import PersonRecord

USERNAME = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)


@handles(functions.contacts.ResolveUsernameRequest)
async def resolve_username(context: Context, call: Call) -> Any:
    if not USERNAME.fullmatch(call.request.username):
        raise refuse("USERNAME_INVALID")
    chat = context.world.chat_named(call.request.username)
    if chat is not None:
        chats = [context.peers.chat(call.account, chat)]
        return types.contacts.ResolvedPeer(peer=peer(chat.id), chats=chats, users=[])
    person = context.world.by_username(call.request.username)
    if person is None or person.deleted:
        raise refuse("USERNAME_NOT_OCCUPIED")
    return _resolved(context, call.account, person)


@handles(functions.contacts.ResolvePhoneRequest)
async def resolve_phone(context: Context, call: Call) -> Any:
    """Return the person with this number.

    Raises PHONE_NOT_OCCUPIED also for a person who may not be found by it, and FLOOD_WAIT_n for a
    second look-up within three seconds.
    """
    context.phone_lookups.take(call.account)
    person = _by_phone(context, call.account, call.request.phone)
    if person is None:
        raise refuse("PHONE_NOT_OCCUPIED")
    return _resolved(context, call.account, person)


@handles(functions.contacts.ImportContactsRequest)
async def import_contacts(context: Context, call: Call) -> Any:
    """Return the numbers that may be found; others are omitted without an error."""
    found = {
        contact.client_id: person
        for contact in call.request.contacts
        if (person := _by_phone(context, call.account, contact.phone)) is not None
    }
    ids = {person.id for person in found.values()}
    context.world.people[call.account].contacts |= ids
    return types.contacts.ImportedContacts(
        imported=[types.ImportedContact(p.id, client_id) for client_id, p in found.items()],
        popular_invites=[],
        retry_contacts=[],
        users=context.peers.users_and_chats(call.account, ids)["users"],
    )


@handles(functions.contacts.GetContactsRequest)
async def get_contacts(context: Context, call: Call) -> Any:
    people = context.world.people
    ids = people[call.account].contacts
    return types.contacts.Contacts(
        contacts=[types.Contact(i, call.account in people[i].contacts) for i in sorted(ids)],
        saved_count=0,
        users=context.peers.users_and_chats(call.account, ids)["users"],
    )


@handles(functions.contacts.DeleteContactsRequest)
async def delete_contacts(context: Context, call: Call) -> Any:
    gone = {context.peers.resolve(call.account, one).id for one in call.request.id}
    context.world.people[call.account].contacts -= gone
    return serializers.bundle(context, call.account, [], gone)


def _by_phone(context: Context, account: int, phone: str) -> PersonRecord | None:
    """Return the person whom this account may find by a number in any notation; None otherwise."""
    person = context.world.by_phone("".join(sign for sign in phone if sign.isdigit()))
    if person is None or person.deleted:
        return None
    return person if person.findable_by_phone or account in person.contacts else None


def _resolved(context: Context, account: int, person: PersonRecord) -> Any:
    user = context.peers.user(account, person)
    return types.contacts.ResolvedPeer(peer=types.PeerUser(person.id), chats=[], users=[user])
