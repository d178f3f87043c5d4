"""Errors become outcomes by the name that Telegram wrote, not by Telethon's class."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.errors import TypeNotFoundError, rpc_message_to_error
from telethon.tl.functions.help import GetConfigRequest
from telethon.tl.types import RpcError

from sender.outcome.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    BadContent,
    Misconfigured,
    Outcome,
    Refused,
    Retry,
    StaleMedia,
    StalePeer,
    Unclassified,
    Unreachable,
    Wait,
)
from sender.telegram.translate import outcome_of_exception

CASES: list[tuple[str, int, Outcome]] = [
    ("RANDOM_ID_DUPLICATE", 500, Ambiguous("RANDOM_ID_DUPLICATE")),
    ("RPC_CALL_FAIL", 500, Ambiguous("RPC_CALL_FAIL")),
    ("No workers running", -500, Ambiguous("NO_WORKERS_RUNNING")),
    ("Timeout", -503, Ambiguous("TIMEOUT")),
    ("SOMETHING_OF_TOMORROW", 500, Ambiguous("SOMETHING_OF_TOMORROW")),
    ("FLOOD_WAIT_37", 420, Wait(37, "FLOOD_WAIT_37")),
    ("FLOOD_PREMIUM_WAIT_5", 420, Wait(5, "FLOOD_PREMIUM_WAIT_5")),
    ("SLOWMODE_WAIT_9", 420, Wait(9, "SLOWMODE_WAIT_9", one_chat=True)),
    ("PEER_FLOOD", 400, AccountLimited("PEER_FLOOD")),
    ("AUTH_KEY_UNREGISTERED", 401, AccountLost("AUTH_KEY_UNREGISTERED")),
    ("AUTH_KEY_DUPLICATED", 406, AccountLost("AUTH_KEY_DUPLICATED")),
    ("SESSION_REVOKED", 401, AccountLost("SESSION_REVOKED")),
    ("USER_DEACTIVATED_BAN", 401, AccountLost("USER_DEACTIVATED_BAN")),
    ("FROZEN_METHOD_INVALID", 420, AccountLost("FROZEN_METHOD_INVALID")),
    ("USER_IS_BLOCKED", 400, Refused("USER_IS_BLOCKED", opted_out=True)),
    ("INPUT_USER_DEACTIVATED", 400, Refused("INPUT_USER_DEACTIVATED", permanent=True)),
    ("USER_PRIVACY_RESTRICTED", 403, Refused("USER_PRIVACY_RESTRICTED")),
    ("PRIVACY_PREMIUM_REQUIRED", 406, Refused("PRIVACY_PREMIUM_REQUIRED")),
    ("ALLOW_PAYMENT_REQUIRED_50", 403, Refused("ALLOW_PAYMENT_REQUIRED_50")),
    ("CHAT_WRITE_FORBIDDEN", 403, Refused("CHAT_WRITE_FORBIDDEN")),
    ("SOMETHING_OF_TOMORROW", 400, Unclassified("SOMETHING_OF_TOMORROW")),
    ("SOMETHING_OF_TOMORROW", 406, Unclassified("SOMETHING_OF_TOMORROW")),
    ("TRY_LATER", 420, Retry("TRY_LATER")),
    ("USERNAME_NOT_OCCUPIED", 400, Unreachable("USERNAME_NOT_OCCUPIED", permanent=True)),
    ("PEER_ID_INVALID", 400, StalePeer("PEER_ID_INVALID")),
    ("FILE_REFERENCE_EXPIRED", 400, StaleMedia("FILE_REFERENCE_EXPIRED")),
    ("FILE_PART_3_MISSING", 400, StaleMedia("FILE_PART_3_MISSING")),
    ("API_ID_INVALID", 400, Misconfigured("API_ID_INVALID")),
    ("RECAPTCHA_CHECK_signup__6Lc", 403, AccountLost("RECAPTCHA_CHECK_SIGNUP__6LC")),
    ("PHOTO_INVALID_DIMENSIONS", 400, BadContent("PHOTO_INVALID_DIMENSIONS", of_file=True)),
    ("MESSAGE_TOO_LONG", 400, BadContent("MESSAGE_TOO_LONG")),
    ("MEDIA_CAPTION_TOO_LONG", 400, BadContent("MEDIA_CAPTION_TOO_LONG")),
]


@pytest.mark.parametrize(("name", "code", "outcome"), CASES, ids=[f"{n}-{c}" for n, c, _ in CASES])
def test_an_error_means_what_its_name_says(name: str, code: int, outcome: Outcome) -> None:
    error: Any = rpc_message_to_error(RpcError(code, name), GetConfigRequest())
    assert outcome_of_exception(error) == outcome


@pytest.mark.parametrize(
    "error", [ConnectionError(), TimeoutError(), OSError(), TypeNotFoundError(1, b"")], ids=repr
)
def test_an_error_that_telegram_did_not_send_leaves_the_call_in_doubt(error: Exception) -> None:
    assert outcome_of_exception(error) == Ambiguous(type(error).__name__, client_failed=True)
