"""Bars people: a suppression is of the person, under every name by which we could write to them.

A block, an opt-out, an unclear reply, an admin's command and an imported stop list all end here.
The persons' rows are locked, so a freeze (db.queries.freezes) comes before or after, never between.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from db.models.contact import Identity, identity_hash
from db.models.suppression import SuppressionReason
from db.pool import Connection
from db.queries import contacts, persons, suppressions


@dataclass(frozen=True, slots=True)
class Carriers:
    """Who carries some names: `persons` known to Telegram, `contacts` of any list, all `hashes`."""

    persons: list[int]
    contacts: list[int]
    hashes: set[bytes]


@dataclass(frozen=True, slots=True)
class Barred:
    """Whom a call of `bar` barred: `added` suppressions, 0 when they all were suppressed before.

    `before` are those of their names' hashes that were suppressed finally before. It is true when
    something was added.
    """

    carriers: Carriers
    added: int
    before: frozenset[bytes]

    def __bool__(self) -> bool:
        return self.added > 0


async def find_carriers(
    connection: Connection,
    key: bytes,
    *,
    person_ids: Collection[int] = (),
    user_ids: Collection[int] = (),
    identities: Collection[Identity] = (),
) -> Carriers:
    """Lock the persons who are given by any of these, and return all their names.

    `key` is the installation's suppression key. A user of `user_ids` becomes a person, if need be.
    The locks last until the caller's transaction ends.
    """
    given = {name for identity in identities for name in identity.all_names()}
    given |= {f"id:{user_id}" for user_id in user_ids}
    hashes = {identity_hash(key, name) for name in given}
    ids = {*user_ids, *(one.user_id for one in identities if one.user_id is not None)}
    if user_ids:
        await persons.add_users(connection, user_ids)
    named = await contacts.find_named(connection, [*identities, *map(Identity, ids)])
    locked = await persons.lock_carriers(connection, person_ids, ids, hashes, named)
    hashes |= await persons.find_hashes(connection, locked, named)
    for user_id, username, phone in await persons.find_shown_names(connection, locked):
        shown = Identity(user_id, phone and f"+{phone.lstrip('+')}", username)
        hashes |= set(shown.hashes(key))
    return Carriers(locked, named, hashes)


async def bar(
    connection: Connection,
    key: bytes,
    reason: SuppressionReason,
    *,
    person_ids: Collection[int] = (),
    user_ids: Collection[int] = (),
    identities: Collection[Identity] = (),
    campaign_id: int | None = None,
    admin_id: int | None = None,
) -> Barred:
    """Suppress these people under all their names; return who they are.

    `campaign_id` and `admin_id` say by what and by whom.
    """
    found = await find_carriers(
        connection, key, person_ids=person_ids, user_ids=user_ids, identities=identities
    )
    before = await suppressions.find_final(connection, found.hashes)
    added = await suppressions.add(
        connection, found.hashes, reason, campaign_id=campaign_id, admin_id=admin_id
    )
    return Barred(found, added, frozenset(before))
