"""Reads the dialogs of an account: pages of them, their histories, and who wrote to the account.

Pages follow each other by the date, id and peer of the last top message, whatever its kind: a page
may hold groups and channels alone (core.telegram.org/api/offsets).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from telethon.tl import functions, types

from sender.outcome.outcome import CallFailed
from sender.telegram.account_client import AccountClient, Answer
from sender.telegram.conversation import LONG_AGO, Conversation, is_theirs

PAGE = 100
MOST_PAGES = 50  # of one history


class Offset(NamedTuple):
    """Where a page of dialogs begins: below this dialog. `kind` is the class of its peer."""

    date: float = 0.0  # Unix seconds; 0 before the first dialog
    message_id: int = 0
    kind: str = ""
    peer_id: int = 0
    access_hash: int = 0


FIRST = Offset()
BELOW_PINNED = Offset(kind="unpinned")  # the first page without the pinned dialogs


@dataclass(frozen=True, slots=True)
class Page:
    """A page of dialogs. `following` is where the next one begins; None: this was the last.

    `oldest` is the date of the last dialog that is not pinned; None when all are. `latest` is the
    latest date of a top message; None without one. `size` counts all dialogs of the page, `total`
    those of the account.
    """

    conversations: list[Conversation]
    following: Offset | None
    oldest: datetime | None
    latest: datetime | None
    size: int
    total: int


async def read_page(client: AccountClient, offset: Offset, limit: int = PAGE) -> Page:
    """Return the dialogs from `offset` on; CallFailed when the call fails."""
    answer = await call(
        client,
        functions.messages.GetDialogsRequest(
            offset_date=datetime.fromtimestamp(offset.date, UTC) if offset.date else None,
            offset_id=offset.message_id,
            offset_peer=_offset_peer(offset),
            limit=limit,
            hash=0,
            exclude_pinned=offset != FIRST,
        ),
    )
    dialogs = [one for one in answer.dialogs if isinstance(one, types.Dialog)]
    tops = {_key(m.peer_id, m.id): m for m in answer.messages if getattr(m, "peer_id", None)}
    users = {user.id: user for user in answer.users}
    top_of = [tops.get(_key(one.peer, one.top_message)) for one in dialogs]
    conversations = [
        Conversation(one, top, users.get(one.peer.user_id))
        for one, top in zip(dialogs, top_of, strict=True)
        if isinstance(one.peer, types.PeerUser)
    ]
    last = next(
        (
            (one, top)
            for one, top in zip(reversed(dialogs), reversed(top_of), strict=True)
            if not one.pinned and top is not None
        ),
        None,
    )
    following = None
    if isinstance(answer, types.messages.DialogsSlice) and dialogs:
        following = BELOW_PINNED if last is None else _below(answer, *last)
    if following == offset:
        following = None
    oldest = None if last is None else last[1].date
    total = getattr(answer, "count", len(dialogs))
    latest = max((top.date for top in top_of if top is not None), default=None)
    return Page(conversations, following, oldest, latest, len(dialogs), total)


async def history(
    client: AccountClient, peer: Any, since: datetime, most_pages: int = MOST_PAGES
) -> AsyncIterator[list[Any]]:
    """Yield the messages of a dialog, page by page, until they are older than `since`."""
    before = 0
    for _ in range(most_pages):
        request = functions.messages.GetHistoryRequest(
            peer=peer,
            offset_id=before,
            offset_date=None,
            add_offset=0,
            limit=PAGE,
            max_id=0,
            min_id=0,
            hash=0,
        )
        messages = (await call(client, request)).messages
        yield messages
        if len(messages) < PAGE or getattr(messages[-1], "date", since) < since:
            break
        before = messages[-1].id


async def read_messages(client: AccountClient, ids: Sequence[int]) -> list[Any]:
    """Return up to 100 messages of private conversations; MessageEmpty for those that are gone."""
    wanted = [types.InputMessageID(one) for one in ids]
    messages: list[Any] = (
        await call(client, functions.messages.GetMessagesRequest(wanted))
    ).messages
    return messages


async def call(client: AccountClient, request: Any) -> Any:
    """Return the answer; CallFailed when there is none."""
    answer = await client.call(request, Answer)
    if not isinstance(answer, Answer):
        raise CallFailed(answer)
    return answer.value


async def find_proofs(
    client: AccountClient, conversations: Iterable[Conversation], looks: int
) -> dict[int, Any]:
    """Return, by user id, a message that proves that they wrote, where the top message does not.

    The last message that the account has read is asked for first, a hundred in one call. It may be
    a service message or the account's own. Then up to `looks` histories are read, one page each.
    """
    open_ones = [one for one in conversations if one.may_hold_theirs]
    read = [one for one in open_ones if one.dialog.read_inbox_max_id]
    proofs: dict[int, Any] = {}
    for first in range(0, len(read), PAGE):
        ids = [one.dialog.read_inbox_max_id for one in read[first : first + PAGE]]
        found = await read_messages(client, ids)
        proofs |= {m.peer_id.user_id: m for m in found if is_theirs(m)}
    for one in [one for one in open_ones if one.user_id not in proofs][:looks]:
        async for messages in history(client, one.peer, LONG_AGO, most_pages=1):
            if (proof := next(filter(is_theirs, messages), None)) is not None:
                proofs[one.user_id] = proof
    return proofs


def _key(peer: Any, message_id: int) -> tuple[str, int, int]:
    kind = type(peer).__name__
    number: int = next(iter(value for name, value in vars(peer).items() if name.endswith("_id")))
    return kind, number, message_id


def _below(answer: Any, dialog: Any, top: Any) -> Offset:
    kind, number, _ = _key(dialog.peer, 0)
    among = answer.users if kind == "PeerUser" else answer.chats
    found = next((one for one in among if one.id == number), None)
    access_hash = getattr(found, "access_hash", None) or 0
    return Offset(top.date.timestamp(), top.id, kind, number, access_hash)


def _offset_peer(offset: Offset) -> Any:
    match offset.kind:
        case "PeerUser":
            return types.InputPeerUser(offset.peer_id, offset.access_hash)
        case "PeerChannel":
            return types.InputPeerChannel(offset.peer_id, offset.access_hash)
        case "PeerChat":
            return types.InputPeerChat(offset.peer_id)
        case _:
            return types.InputPeerEmpty()
