"""Sign-in by code and by password, and sign-out (core.telegram.org/api/auth). By QR code: `qr`."""

from __future__ import annotations

import secrets
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, refuse
from sandbox.rpc import srp
from sandbox.rpc.context import Context, Login
from sandbox.rpc.registry import handles
from sandbox.world import PersonRecord


@handles(functions.auth.SendCodeRequest, before_login=True)
async def send_code(context: Context, call: Call) -> Any:
    phone = _digits(call.request.phone_number)
    person = context.world.by_phone(phone)
    if person is not None and person.deleted:
        raise refuse("PHONE_NUMBER_BANNED")
    if person is not None and person.home_dc not in (None, call.credential.dc_id):
        raise refuse(f"PHONE_MIGRATE_{person.home_dc}")
    login = Login(phone, secrets.token_hex(8))
    context.logins[call.credential.id] = login
    length = len(person.code) if person else 5
    return types.auth.SentCode(types.auth.SentCodeTypeApp(length), login.code_hash)


@handles(functions.auth.SignInRequest, before_login=True)
async def sign_in(context: Context, call: Call) -> Any:
    request = call.request
    login = context.logins.get(call.credential.id)
    if not request.phone_code:
        raise refuse("PHONE_CODE_EMPTY")
    asked = (_digits(request.phone_number), request.phone_code_hash)
    if login is None or (login.phone, login.code_hash) != asked:
        raise refuse("PHONE_CODE_EXPIRED")
    person = context.world.by_phone(login.phone)
    if person is None:
        return types.auth.AuthorizationSignUpRequired()
    if request.phone_code != person.code:
        raise refuse("PHONE_CODE_INVALID")
    login.person_id = person.id
    return finish(context, call, person)


@handles(functions.account.GetPasswordRequest, before_login=True)
async def get_password(context: Context, call: Call) -> Any:
    person = _who(context, call)
    challenge = await srp.challenge(person.password) if person.password is not None else None
    if challenge is not None:
        context.challenges[challenge.id] = challenge
    return types.account.Password(
        new_algo=types.PasswordKdfAlgoUnknown(),
        new_secure_algo=types.SecurePasswordKdfAlgoUnknown(),
        secure_random=secrets.token_bytes(32),
        has_password=challenge is not None,
        current_algo=challenge.algorithm if challenge else None,
        srp_B=challenge.public if challenge else None,
        srp_id=challenge.id if challenge else None,
    )


@handles(functions.auth.CheckPasswordRequest, before_login=True)
async def check_password(context: Context, call: Call) -> Any:
    person, proof = _who(context, call), call.request.password
    if person.password is None or not isinstance(proof, types.InputCheckPasswordSRP):
        raise refuse("PASSWORD_HASH_INVALID")
    challenge = context.challenges.pop(proof.srp_id, None)
    if challenge is None:
        raise refuse("SRP_ID_INVALID")
    if not challenge.is_met_by(proof.A, proof.M1):
        raise refuse("PASSWORD_HASH_INVALID")
    return welcome(context, call, person)


@handles(functions.auth.LogOutRequest)
async def log_out(context: Context, call: Call) -> Any:  # noqa: ARG001
    call.credential.person_id = None
    return types.auth.LoggedOut()


def _who(context: Context, call: Call) -> PersonRecord:
    """Return the person who is signed in, or whose right code was entered before the password."""
    login = context.logins.get(call.credential.id)
    if call.credential.person_id is None and login is not None and login.person_id is not None:
        return context.world.people[login.person_id]
    return context.world.people[call.account]


def finish(context: Context, call: Call, person: PersonRecord) -> Any:
    """Complete a sign-in, or raise SESSION_PASSWORD_NEEDED when the person has a password."""
    if person.password is not None:
        raise refuse("SESSION_PASSWORD_NEEDED")
    return welcome(context, call, person)


def welcome(context: Context, call: Call, person: PersonRecord) -> Any:
    """Sign the person in with the key of this call."""
    context.logins.pop(call.credential.id, None)
    call.credential.person_id, call.credential.refusal = person.id, None
    return types.auth.Authorization(user=context.peers.user(person.id, person))


def _digits(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign not in "+-() ")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        raise refuse("PHONE_NUMBER_INVALID")
    return digits
