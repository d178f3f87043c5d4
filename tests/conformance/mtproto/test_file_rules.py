"""Rules for files: unexpired references, and valid sizes of parts and chunks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.messages import (
    SendMediaRequest,
    SendMultiMediaRequest,
    UploadMediaRequest,
)
from telethon.tl.functions.upload import GetFileRequest, SaveFilePartRequest
from telethon.tl.types import (
    InputFile,
    InputMediaPhoto,
    InputMediaUploadedDocument,
    InputMediaUploadedPhoto,
    InputPeerSelf,
    InputPhoto,
    InputPhotoFileLocation,
    InputSingleMedia,
)

from sandbox.rpc import MtprotoServer
from sandbox.world import World
from tests.conformance.mtproto.test_files import png
from tests.sandbox.mtproto.conftest import ANN, BOB

Sent = Callable[[], list[dict[str, Any]]]


async def kept_photo(client: Any) -> InputPhoto:
    """A photo that was uploaded to the server before."""
    file = await client.upload_file(png(), file_name="a.png")
    kept = (await client(UploadMediaRequest(InputPeerSelf(), InputMediaUploadedPhoto(file)))).photo
    return InputPhoto(kept.id, kept.access_hash, kept.file_reference)


@pytest.mark.parametrize("why", ["script", "age"])
async def test_a_file_reference_expires_and_the_message_has_a_new_one(
    client: Any, bob: Any, server: MtprotoServer, sent: Sent, why: str
) -> None:
    """https://core.telegram.org/api/file-references"""
    photo = await kept_photo(client)
    await client(SendMediaRequest(bob, InputMediaPhoto(photo), "", random_id=1))
    if why == "script":
        server.references.expire()
    else:
        server.references.lifetime = 0
    with pytest.raises(errors.FileReferenceExpiredError):
        await client(SendMediaRequest(bob, InputMediaPhoto(photo), "", random_id=2))
    server.references.lifetime = 3600
    [again] = await client.get_messages(bob)
    photo.file_reference = again.photo.file_reference
    await client(SendMediaRequest(bob, InputMediaPhoto(photo), "", random_id=2))
    assert len(sent()) == 2


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        (b"", errors.FileReferenceEmptyError),
        (b"mine", errors.FileReferenceInvalidError),
        (bytes(20), errors.FileReferenceInvalidError),
    ],
)
async def test_a_forged_file_reference_is_invalid(
    client: Any, bob: Any, reference: bytes, error: type[Exception]
) -> None:
    """https://core.telegram.org/api/file-references"""
    photo = await kept_photo(client)
    photo.file_reference = reference
    with pytest.raises(error):
        await client(SendMediaRequest(bob, InputMediaPhoto(photo), "", random_id=1))


async def test_a_stale_part_of_an_album_is_named(
    client: Any, bob: Any, server: MtprotoServer, sent: Sent
) -> None:
    """https://core.telegram.org/api/file-references"""
    stale = await kept_photo(client)
    server.references.expire()
    photos = [await kept_photo(client), stale]
    items = [InputSingleMedia(InputMediaPhoto(p), "", n) for n, p in enumerate(photos, 1)]
    with pytest.raises(errors.RPCError, match="FILE_REFERENCE_1_EXPIRED"):
        await client(SendMultiMediaRequest(bob, items))
    assert sent() == []


async def test_a_part_of_an_album_that_was_sent_is_not_sent_again(
    client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/method/messages.sendMultiMedia"""
    photo = InputMediaPhoto(await kept_photo(client))
    items = [InputSingleMedia(photo, f"No. {n}", n) for n in (1, 2, 3)]
    first = await client(SendMultiMediaRequest(bob, items[:2]))
    again = await client(SendMultiMediaRequest(bob, items))
    assert [m.text for m in world.history(BOB, ANN)] == ["No. 1", "No. 2", "No. 3"]
    assert [u.id for u in again.updates[:2]] == [u.id for u in first.updates[:2]]
    twice = [InputSingleMedia(photo, "", 9)] * 2
    with pytest.raises(errors.RandomIdDuplicateError):
        await client(SendMultiMediaRequest(bob, twice))


@pytest.mark.parametrize(
    ("sizes", "error"),
    [
        ((1024, 2048), errors.FilePartSizeChangedError),
        ((1000, 10), errors.FilePartSizeInvalidError),
        ((3072, 10), errors.FilePartSizeInvalidError),
        ((1024, 1), None),
    ],
)
async def test_the_parts_of_a_file_have_one_valid_size(
    client: Any, bob: Any, sizes: tuple[int, ...], error: type[Exception] | None
) -> None:
    """https://core.telegram.org/api/files#uploading-files"""
    for number, size in enumerate(sizes):
        await client(SaveFilePartRequest(5, number, bytes(size)))
    media = InputMediaUploadedDocument(InputFile(5, len(sizes), "a.bin", ""), "text/plain", [])
    with pytest.raises(error) if error else contextlib.nullcontext():
        await client(SendMediaRequest(bob, media, "", random_id=1))


@pytest.mark.parametrize(
    ("offset", "limit", "error"),
    [
        (1, 4096, errors.OffsetInvalidError),
        (0, 4095, errors.LimitInvalidError),
        (0, 2 * 1024 * 1024, errors.LimitInvalidError),
        (1024 * 1024 - 4096, 8192, errors.LimitInvalidError),
    ],
)
async def test_a_file_is_fetched_in_whole_chunks(
    client: Any, offset: int, limit: int, error: type[Exception]
) -> None:
    """https://core.telegram.org/api/files#downloading-files"""
    photo = await kept_photo(client)
    where = InputPhotoFileLocation(photo.id, photo.access_hash, photo.file_reference, "x")
    assert (await client(GetFileRequest(where, 0, 4096))).bytes == png()
    with pytest.raises(error):
        await client(GetFileRequest(where, offset, limit))
