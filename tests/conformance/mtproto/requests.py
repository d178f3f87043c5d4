"""Requests that several tests make, with the parameters that they vary."""

from __future__ import annotations

from typing import Any

from telethon.tl import types
from telethon.tl.functions.messages import GetDialogsRequest, GetHistoryRequest


def history(peer: Any, limit: int = 10, known: int = 0) -> Any:
    return GetHistoryRequest(peer, 0, None, 0, limit, 0, 0, known)


def dialogs(limit: int = 10, known: int = 0) -> Any:
    return GetDialogsRequest(None, 0, types.InputPeerEmpty(), limit, known)
