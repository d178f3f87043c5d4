"""Errors of MTProto have the documented names, and the refused message has no effect."""

from __future__ import annotations

from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.messages import SendMessageRequest
from telethon.tl.functions.users import GetRequirementsToContactRequest
from telethon.tl.types import (
    InputPeerUser,
    MessageEntityBold,
    RequirementToContactEmpty,
    RequirementToContactPaidMessages,
    RequirementToContactPremium,
)

from sandbox.world import World
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect


async def test_formatting_beyond_the_text_is_refused(client: Any, bob: Any) -> None:
    """https://core.telegram.org/api/entities#entity-length"""
    with pytest.raises(errors.EntityBoundsInvalidError):
        await client(
            SendMessageRequest(bob, "short", random_id=1, entities=[MessageEntityBold(0, 6)])
        )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", errors.MessageEmptyError),
        ("  \n", errors.MessageEmptyError),
        ("x" * 4097, errors.MessageTooLongError),
        ("🙂" * 2049, errors.MessageTooLongError),
    ],
    ids=["nothing", "blank", "4097 letters", "2049 emoji"],
)
async def test_a_text_of_the_wrong_length_is_refused(
    client: Any, bob: Any, text: str, error: type[Exception]
) -> None:
    """https://core.telegram.org/api/config#client-configuration"""
    with pytest.raises(error):
        await client(SendMessageRequest(bob, text, random_id=1))


async def test_a_blocked_account_cannot_write(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/messages.sendMessage#possible-errors"""
    world.people[BOB].blocked.add(ANN)
    with pytest.raises(errors.UserIsBlockedError):
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    assert world.history(BOB, ANN) == []


async def test_a_deleted_account_cannot_be_written_to(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/messages.sendMessage#possible-errors"""
    world.people[BOB].deleted = True
    with pytest.raises(errors.InputUserDeactivatedError):
        await client(SendMessageRequest(bob, "Hi", random_id=1))


async def test_privacy_settings_refuse_strangers_until_answered(
    client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/api/privacy"""
    world.people[BOB].accepts_strangers = False
    with pytest.raises(errors.UserPrivacyRestrictedError):
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    await world.send(BOB, ANN, text="Write to me")
    await client(SendMessageRequest(bob, "Hi", random_id=1))


async def test_premium_may_be_required_of_strangers(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/privacy#require-premium-for-new-non-contact-users"""
    world.people[BOB].premium_only = True
    with pytest.raises(errors.RPCError, match="PRIVACY_PREMIUM_REQUIRED") as refused:
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    assert refused.value.code == 406


async def test_an_access_hash_of_another_account_is_invalid(
    connect: Connect, client: Any, bob: Any
) -> None:
    """https://core.telegram.org/api/peers#access-hash"""
    eve = await connect(EVE)
    with pytest.raises(errors.PeerIdInvalidError):
        await eve(SendMessageRequest(bob, "Hi", random_id=1))
    with pytest.raises(errors.PeerIdInvalidError):
        await client(SendMessageRequest(InputPeerUser(BOB, 0), "Hi", random_id=1))


async def test_a_person_may_ask_strangers_for_stars(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/paid-messages"""
    world.people[BOB].stars_to_write = 50
    assert (await client.get_entity("bob_reads")).send_paid_messages_stars == 50
    with pytest.raises(errors.ForbiddenError, match="ALLOW_PAYMENT_REQUIRED_50"):
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    assert world.history(BOB, ANN) == []
    await client(SendMessageRequest(bob, "Hi", random_id=1, allow_paid_stars=50))
    await world.send(BOB, ANN, text="Write to me")
    await client(SendMessageRequest(bob, "Hi", random_id=2))


async def test_requirements_to_contact_are_returned(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/method/users.getRequirementsToContact"""
    eve = await client.get_input_entity("eve_reads")
    world.people[BOB].stars_to_write, world.people[EVE].premium_only = 50, True
    paid, premium, none = await client(GetRequirementsToContactRequest([bob, eve, "me"]))
    assert isinstance(paid, RequirementToContactPaidMessages)
    assert paid.stars_amount == 50
    assert isinstance(premium, RequirementToContactPremium)
    assert isinstance(none, RequirementToContactEmpty)
