"""Finding people by username and phone, and the account's own contacts."""

from __future__ import annotations

import re
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import shapes
from sandbox.rpc.desk import Desk
from sandbox.rpc.peers import peer
from sandbox.rpc.registry import answers
from sandbox.world import PersonRecord

USERNAME = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)


@answers(functions.contacts.ResolveUsernameRequest)
async def resolve_username(desk: Desk, call: Call) -> Any:
    if not USERNAME.fullmatch(call.request.username):
        raise refuse("USERNAME_INVALID")
    chat = desk.world.chat_named(call.request.username)
    if chat is not None:
        chats = [desk.peers.chat(call.account, chat)]
        return types.contacts.ResolvedPeer(peer=peer(chat.id), chats=chats, users=[])
    person = desk.world.by_username(call.request.username)
    if person is None or person.deleted:
        raise refuse("USERNAME_NOT_OCCUPIED")
    return _resolved(desk, call.account, person)


@answers(functions.contacts.ResolvePhoneRequest)
async def resolve_phone(desk: Desk, call: Call) -> Any:
    person = _by_phone(desk, call.account, call.request.phone)
    if person is None:
        raise refuse("PHONE_NOT_OCCUPIED")
    return _resolved(desk, call.account, person)


@answers(functions.contacts.ImportContactsRequest)
async def import_contacts(desk: Desk, call: Call) -> Any:
    """Numbers that nobody has, or that may not be found, are left out without a word."""
    found = {
        contact.client_id: person
        for contact in call.request.contacts
        if (person := _by_phone(desk, call.account, contact.phone)) is not None
    }
    ids = {person.id for person in found.values()}
    desk.world.people[call.account].contacts |= ids
    return types.contacts.ImportedContacts(
        imported=[types.ImportedContact(p.id, client_id) for client_id, p in found.items()],
        popular_invites=[],
        retry_contacts=[],
        users=desk.peers.parties(call.account, ids)["users"],
    )


@answers(functions.contacts.GetContactsRequest)
async def get_contacts(desk: Desk, call: Call) -> Any:
    people = desk.world.people
    ids = people[call.account].contacts
    return types.contacts.Contacts(
        contacts=[types.Contact(i, call.account in people[i].contacts) for i in sorted(ids)],
        saved_count=0,
        users=desk.peers.parties(call.account, ids)["users"],
    )


@answers(functions.contacts.DeleteContactsRequest)
async def delete_contacts(desk: Desk, call: Call) -> Any:
    gone = {desk.peers.resolve(call.account, one).id for one in call.request.id}
    desk.world.people[call.account].contacts -= gone
    return shapes.bundle(desk, call.account, [], gone)


def _by_phone(desk: Desk, account: int, phone: str) -> PersonRecord | None:
    """Whom this account may find by a number, however it is written."""
    person = desk.world.by_phone("".join(sign for sign in phone if sign.isdigit()))
    if person is None or person.deleted:
        return None
    return person if person.findable_by_phone or account in person.contacts else None


def _resolved(desk: Desk, account: int, person: PersonRecord) -> Any:
    user = desk.peers.user(account, person)
    return types.contacts.ResolvedPeer(peer=types.PeerUser(person.id), chats=[], users=[user])
