"""Checks the key of the sealed sessions at the start, and changes it for all of them at once."""

from __future__ import annotations

from db.pool import Database
from db.queries import installation, leases, sessions
from sender.telegram.sealing import Sealer


class WrongKey(Exception):
    """Sessions are sealed under another SECRET_KEY; str() is a sentence for the operator."""


async def check_key(database: Database, secret_key: str) -> None:
    """Raise WrongKey when the session of an account in use was sealed under another key."""
    async with database.transaction() as connection:
        sealer = Sealer(secret_key, (await installation.get(connection)).id)
        stored = await sessions.page_sealed(connection)
    wrong = [name for _, name, sealed, in_use in stored if in_use and not sealer.fits(sealed)]
    if wrong:
        raise WrongKey(
            f"SECRET_KEY is not the one that these accounts were sealed with: "
            f"{', '.join(wrong)}. Put the old key back; to change it, run `predlagator rekey`. "
            "If it is lost, sign each of them in again with `predlagator login`."
        )


class StillRunning(Exception):
    """A running process would go on with the old key; str() is a sentence for the operator."""


async def rekey(database: Database, old_key: str, new_key: str) -> int:
    """Seal every session under the new key; return how many were changed.

    Sessions that are under the new key already are left alone, so a second run is harmless.
    CannotUnseal when one opens with neither key, StillRunning while a process runs; then no session
    is changed.
    """
    async with database.transaction() as connection:
        if running := await leases.page_alive(connection):
            raise StillRunning(
                f"Predlagator is running ({', '.join(running)}): stop it first. After a kill, "
                "wait a minute."
            )
        installation_id = (await installation.get(connection)).id
        old, new = Sealer(old_key, installation_id), Sealer(new_key, installation_id)
        changed = 0
        for user_id, _, sealed, _ in await sessions.page_sealed(connection):
            if not new.fits(sealed):
                text = old.unseal(sealed, user_id)
                await sessions.reseal(connection, user_id, new.seal(text, user_id))
                changed += 1
    return changed
