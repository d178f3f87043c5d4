"""A session at rest opens for its account, its installation and its key only."""

from __future__ import annotations

from uuid import UUID

import pytest

from sender.telegram.sealing import CannotUnseal, Sealer

HERE, THERE = UUID(int=1), UUID(int=2)
KEY, OTHER_KEY = "k" * 40, "o" * 40


def test_a_sealed_session_is_unreadable_until_it_is_unsealed() -> None:
    sealed = Sealer(KEY, HERE).seal("1BVtsOJ…", 42)
    assert b"1BVts" not in sealed
    assert Sealer(KEY, HERE).unseal(sealed, 42) == "1BVtsOJ…"


def test_sealing_twice_gives_different_bytes() -> None:
    assert Sealer(KEY, HERE).seal("x", 42) != Sealer(KEY, HERE).seal("x", 42)


def test_another_secret_key_is_named_as_the_reason() -> None:
    sealed = Sealer(KEY, HERE).seal("x", 42)
    with pytest.raises(CannotUnseal, match="SECRET_KEY"):
        Sealer(OTHER_KEY, HERE).unseal(sealed, 42)


@pytest.mark.parametrize(("installation", "user_id"), [(THERE, 42), (HERE, 43)])
def test_a_session_does_not_open_for_another_account_or_installation(
    installation: UUID, user_id: int
) -> None:
    sealed = Sealer(KEY, HERE).seal("x", 42)
    with pytest.raises(CannotUnseal, match="another account"):
        Sealer(KEY, installation).unseal(sealed, user_id)


def test_damaged_bytes_are_refused() -> None:
    sealed = bytearray(Sealer(KEY, HERE).seal("x", 42))
    sealed[-1] ^= 1
    with pytest.raises(CannotUnseal, match="damaged"):
        Sealer(KEY, HERE).unseal(bytes(sealed), 42)
