"""Photos, documents, videos and albums arrive complete, by upload or by reference."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from telethon import errors
from telethon.tl.functions.messages import (
    SendMediaRequest,
    SendMultiMediaRequest,
    UploadMediaRequest,
)
from telethon.tl.types import (
    DocumentAttributeFilename,
    DocumentAttributeVideo,
    InputMediaPhoto,
    InputMediaUploadedDocument,
    InputMediaUploadedPhoto,
    InputPeerSelf,
    InputPhoto,
    InputSingleMedia,
    UpdateMessageID,
    UpdateNewMessage,
)

from sandbox.world import World
from tests.sandbox.mtproto.conftest import ANN, BOB


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    rows = (b"\0" + b"\x40\x80\xc0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


async def test_a_photo_arrives_with_its_size(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/files#uploading-files"""
    file = await client.upload_file(png(3, 2), file_name="a.png")
    answer = await client(
        SendMediaRequest(bob, InputMediaUploadedPhoto(file), "caption", random_id=9)
    )
    numbered, new = answer.updates
    assert isinstance(numbered, UpdateMessageID)
    assert isinstance(new, UpdateNewMessage)
    assert (numbered.random_id, numbered.id, new.pts_count) == (9, new.message.id, 1)
    [copy] = world.history(BOB, ANN)
    assert copy.media is not None
    assert (copy.media.kind, copy.media.width, copy.media.height) == ("photo", 3, 2)
    assert copy.media.data == png(3, 2)
    assert copy.text == "caption"


async def test_other_bytes_are_refused_as_a_photo(client: Any, bob: Any) -> None:
    """https://core.telegram.org/method/messages.sendMedia#possible-errors"""
    file = await client.upload_file(b"no picture", file_name="a.png")
    with pytest.raises(errors.ImageProcessFailedError):
        await client(SendMediaRequest(bob, InputMediaUploadedPhoto(file), "", random_id=9))


@pytest.mark.parametrize("size", [1, 200_000, 11 * 1024 * 1024])
async def test_a_document_arrives_whole(client: Any, bob: Any, world: World, size: int) -> None:
    """https://core.telegram.org/api/files#uploading-files"""
    data = bytes(range(256)) * (size // 256) + b"\xff" * (size % 256)
    file = await client.upload_file(data, file_name="raw.bin")
    attributes = [DocumentAttributeFilename("price list.pdf")]
    media = InputMediaUploadedDocument(file, "application/pdf", attributes)
    answer = await client(SendMediaRequest(bob, media, "", random_id=9))
    [copy] = world.history(BOB, ANN)
    assert copy.media is not None
    assert (copy.media.kind, copy.media.file_name) == ("document", "price list.pdf")
    assert copy.media.data == data
    kept = await client.download_media(answer.updates[1].message, file=io.BytesIO())
    assert kept.getvalue() == data


async def test_a_video_is_known_by_its_attribute(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/constructor/documentAttributeVideo"""
    file = await client.upload_file(b"frames", file_name="clip.mp4")
    media = InputMediaUploadedDocument(file, "video/mp4", [DocumentAttributeVideo(2.0, 640, 360)])
    await client(SendMediaRequest(bob, media, "", random_id=9))
    [copy] = world.history(BOB, ANN)
    assert copy.media is not None
    assert (copy.media.kind, copy.media.width, copy.media.height) == ("video", 640, 360)


async def test_a_file_uploaded_once_is_sent_by_reference(
    client: Any, bob: Any, world: World
) -> None:
    """https://core.telegram.org/method/messages.uploadMedia"""
    file = await client.upload_file(png(), file_name="a.png")
    kept = await client(UploadMediaRequest(InputPeerSelf(), InputMediaUploadedPhoto(file)))
    photo = InputPhoto(kept.photo.id, kept.photo.access_hash, kept.photo.file_reference)
    for random_id in (1, 2):
        await client(SendMediaRequest(bob, InputMediaPhoto(photo), "", random_id=random_id))
    first, second = world.history(BOB, ANN)
    assert first.media is second.media is not None


async def test_an_album_is_one_group(client: Any, bob: Any, world: World) -> None:
    """https://core.telegram.org/api/files#albums-grouped-media"""
    items = []
    for random_id in (1, 2):
        file = await client.upload_file(png(), file_name="a.png")
        kept = await client(UploadMediaRequest(InputPeerSelf(), InputMediaUploadedPhoto(file)))
        photo = InputPhoto(kept.photo.id, kept.photo.access_hash, kept.photo.file_reference)
        items.append(InputSingleMedia(InputMediaPhoto(photo), f"No. {random_id}", random_id))
    first = await client(SendMultiMediaRequest(bob, items))
    again = await client(SendMultiMediaRequest(bob, items))
    one, two = world.history(BOB, ANN)
    assert one.grouped_id == two.grouped_id is not None
    assert [u.id for u in first.updates[:2]] == [u.id for u in again.updates[:2]]


async def test_a_missing_part_is_named(client: Any, bob: Any) -> None:
    """https://core.telegram.org/method/messages.sendMedia#possible-errors"""
    file = await client.upload_file(b"0" * 300_000, part_size_kb=128, file_name="a.bin")
    file.parts = 4
    media = InputMediaUploadedDocument(file, "text/plain", [])
    with pytest.raises(errors.FilePartMissingError) as missing:
        await client(SendMediaRequest(bob, media, "", random_id=1))
    assert missing.value.which == 3


async def test_a_caption_has_1024_units(client: Any, bob: Any) -> None:
    """https://core.telegram.org/api/config#client-configuration"""
    file = await client.upload_file(png(), file_name="a.png")
    media = InputMediaUploadedPhoto(file)
    await client(SendMediaRequest(bob, media, "x" * 1024, random_id=1))
    with pytest.raises(errors.MediaCaptionTooLongError):
        await client(SendMediaRequest(bob, media, "x" * 1025, random_id=2))
