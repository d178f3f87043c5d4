"""Sign-in by QR code: core.telegram.org/api/qr-login."""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64decode
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc.auth import finish
from sandbox.rpc.context import Context, ExportedSignIn, Login, ShownToken
from sandbox.rpc.registry import handles
from sandbox.world import PersonRecord

LIFETIME = 30
SCHEME = "tg://login?token="


@handles(functions.auth.ExportLoginTokenRequest, before_login=True)
async def export_login_token(context: Context, call: Call) -> Any:
    """Return a token to show; after it was scanned, complete the sign-in instead.

    A person at home in another data centre completes it there, with another token.
    """
    login = context.logins.get(call.credential.id)
    if login is not None and login.person_id is not None:
        person = context.world.people[login.person_id]
        if person.home_dc not in (None, call.credential.dc_id):
            token = secrets.token_bytes(32)
            context.exported[token] = ExportedSignIn(person.id, person.home_dc)
            return types.auth.LoginTokenMigrateTo(person.home_dc, token)
        return types.auth.LoginTokenSuccess(finish(context, call, person))
    token, expires = secrets.token_bytes(32), int(time.time()) + LIFETIME
    context.login_tokens[token] = ShownToken(call.session, expires)
    return types.auth.LoginToken(expires, token)


@handles(functions.auth.ImportLoginTokenRequest, before_login=True)
async def import_login_token(context: Context, call: Call) -> Any:
    exported = context.exported.pop(call.request.token, None)
    if exported is None or exported.dc_id != call.credential.dc_id:
        raise refuse("AUTH_TOKEN_INVALID")
    person = context.world.people[exported.person_id]
    login = Login(person.phone or "", code_hash="", person_id=person.id)
    context.logins[call.credential.id] = login
    return types.auth.LoginTokenSuccess(finish(context, call, person))


def scan(context: Context, url: str, person: PersonRecord) -> None:
    """Accept a `tg://login?token=…` as `person`; LookupError for one that is expired or unknown."""
    text = url.removeprefix(SCHEME)
    token = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    shown = context.login_tokens.pop(token, None)
    if shown is None or shown.expires < time.time():
        raise LookupError("This QR code has expired or was never shown")
    login = Login(person.phone or "", code_hash="", person_id=person.id)
    context.logins[shown.session.credential.id] = login
    shown.session.push(types.UpdateShort(types.UpdateLoginToken(), int(time.time())))
