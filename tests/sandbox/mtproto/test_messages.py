"""What is sent arrives, formatting and files included; what the real server refuses is refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from telethon import errors
from telethon.extensions import html
from telethon.tl.functions.contacts import (
    ImportContactsRequest,
    ResolvePhoneRequest,
    ResolveUsernameRequest,
)
from telethon.tl.functions.messages import (
    EditMessageRequest,
    GetPeerDialogsRequest,
    SendMediaRequest,
    SendMessageRequest,
    SendMultiMediaRequest,
    UploadMediaRequest,
)
from telethon.tl.types import (
    DocumentAttributeFilename,
    DocumentAttributeVideo,
    InputDialogPeer,
    InputMediaPhoto,
    InputMediaUploadedDocument,
    InputMediaUploadedPhoto,
    InputPeerSelf,
    InputPeerUser,
    InputPhoneContact,
    InputPhoto,
    InputSingleMedia,
    MessageEntityBold,
    UpdateMessageID,
    UpdateNewMessage,
    UpdateShortSentMessage,
)

from sandbox.world import Entity, PersonRecord, World
from tests.sandbox.mtproto.conftest import ANN, BOB, EVE, Connect

Sent = Callable[[], list[dict[str, Any]]]


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    rows = (b"\0" + b"\x40\x80\xc0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


async def test_a_text_arrives_and_the_answer_is_short(
    client: Any, bob: Any, world: World, sent: Sent
) -> None:
    answer = await client(SendMessageRequest(bob, "Hello", random_id=7))
    assert isinstance(answer, UpdateShortSentMessage)
    [copy] = world.history(BOB, ANN)
    assert copy.text == "Hello"
    assert not copy.out
    [entry] = sent()
    assert (entry["sender"], entry["recipient"], entry["random_id"]) == (ANN, BOB, 7)
    assert entry["message_id"] == answer.id


async def test_formatting_arrives_as_entities(client: Any, bob: Any, world: World) -> None:
    source = (
        "🙂 <b>bold <i>both</i></b> <u>under</u> <s>gone</s> <code>c</code>"
        ' <a href="https://example.org/">link</a>'
    )
    text, entities = html.parse(source)
    await client(SendMessageRequest(bob, text, random_id=1, entities=entities))
    [copy] = world.history(BOB, ANN)
    assert copy.entities[0] == Entity("bold", 3, 9)
    assert [e.type for e in copy.entities] == [
        *("bold", "italic", "underline", "strikethrough", "code", "text_link")
    ]
    assert copy.entities[5].url == "https://example.org/"
    [again] = await client.get_messages(bob)
    assert again.text == client.parse_mode.unparse(text, entities)


async def test_formatting_beyond_the_text_is_refused(client: Any, bob: Any) -> None:
    with pytest.raises(errors.EntityBoundsInvalidError):
        await client(
            SendMessageRequest(bob, "short", random_id=1, entities=[MessageEntityBold(0, 6)])
        )


async def test_saved_messages_are_one_copy(client: Any, world: World) -> None:
    await client(SendMessageRequest(InputPeerSelf(), "note", random_id=1))
    [copy] = world.history(ANN, ANN)
    assert copy.out


async def test_a_photo_arrives_with_its_size(client: Any, bob: Any, world: World) -> None:
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


async def test_what_is_no_picture_is_no_photo(client: Any, bob: Any) -> None:
    file = await client.upload_file(b"no picture", file_name="a.png")
    with pytest.raises(errors.ImageProcessFailedError):
        await client(SendMediaRequest(bob, InputMediaUploadedPhoto(file), "", random_id=9))


@pytest.mark.parametrize("size", [1, 200_000, 11 * 1024 * 1024])
async def test_a_document_arrives_whole(client: Any, bob: Any, world: World, size: int) -> None:
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
    file = await client.upload_file(b"frames", file_name="clip.mp4")
    media = InputMediaUploadedDocument(file, "video/mp4", [DocumentAttributeVideo(2.0, 640, 360)])
    await client(SendMediaRequest(bob, media, "", random_id=9))
    [copy] = world.history(BOB, ANN)
    assert copy.media is not None
    assert (copy.media.kind, copy.media.width, copy.media.height) == ("video", 640, 360)


async def test_a_file_uploaded_once_is_sent_by_reference(
    client: Any, bob: Any, world: World
) -> None:
    file = await client.upload_file(png(), file_name="a.png")
    kept = await client(UploadMediaRequest(InputPeerSelf(), InputMediaUploadedPhoto(file)))
    photo = InputPhoto(kept.photo.id, kept.photo.access_hash, kept.photo.file_reference)
    for random_id in (1, 2):
        await client(SendMediaRequest(bob, InputMediaPhoto(photo), "", random_id=random_id))
    first, second = world.history(BOB, ANN)
    assert first.media is second.media is not None


async def test_an_album_is_one_group(client: Any, bob: Any, world: World) -> None:
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
    file = await client.upload_file(b"0" * 300_000, part_size_kb=128, file_name="a.bin")
    file.parts = 4
    media = InputMediaUploadedDocument(file, "text/plain", [])
    with pytest.raises(errors.FilePartMissingError) as missing:
        await client(SendMediaRequest(bob, media, "", random_id=1))
    assert missing.value.which == 3


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
    with pytest.raises(error):
        await client(SendMessageRequest(bob, text, random_id=1))


async def test_a_caption_has_1024_units(client: Any, bob: Any) -> None:
    file = await client.upload_file(png(), file_name="a.png")
    media = InputMediaUploadedPhoto(file)
    await client(SendMediaRequest(bob, media, "x" * 1024, random_id=1))
    with pytest.raises(errors.MediaCaptionTooLongError):
        await client(SendMediaRequest(bob, media, "x" * 1025, random_id=2))


async def test_who_was_blocked_cannot_write(client: Any, bob: Any, world: World) -> None:
    world.people[BOB].blocked.add(ANN)
    with pytest.raises(errors.UserIsBlockedError):
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    assert world.history(BOB, ANN) == []


async def test_a_deleted_account_cannot_be_written_to(client: Any, bob: Any, world: World) -> None:
    world.people[BOB].deleted = True
    with pytest.raises(errors.InputUserDeactivatedError):
        await client(SendMessageRequest(bob, "Hi", random_id=1))


async def test_a_stranger_may_be_kept_out_until_answered(
    client: Any, bob: Any, world: World
) -> None:
    world.people[BOB].accepts_strangers = False
    with pytest.raises(errors.UserPrivacyRestrictedError):
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    await world.send(BOB, ANN, text="Write to me")
    await client(SendMessageRequest(bob, "Hi", random_id=1))


async def test_premium_may_be_required_of_strangers(client: Any, bob: Any, world: World) -> None:
    world.people[BOB].premium_only = True
    with pytest.raises(errors.RPCError, match="PRIVACY_PREMIUM_REQUIRED") as refused:
        await client(SendMessageRequest(bob, "Hi", random_id=1))
    assert refused.value.code == 406


async def test_an_access_hash_of_another_account_is_invalid(
    connect: Connect, client: Any, bob: Any
) -> None:
    eve = await connect(EVE)
    with pytest.raises(errors.PeerIdInvalidError):
        await eve(SendMessageRequest(bob, "Hi", random_id=1))
    with pytest.raises(errors.PeerIdInvalidError):
        await client(SendMessageRequest(InputPeerUser(BOB, 0), "Hi", random_id=1))


async def test_people_are_found_by_name_and_number(client: Any, world: World) -> None:
    world.add(PersonRecord(104, "Hidden", phone="12025550104", findable_by_phone=False))
    assert (await client.get_entity("https://t.me/Bob_Reads")).id == BOB
    with pytest.raises(errors.UsernameNotOccupiedError):
        await client(ResolveUsernameRequest("nobody_here"))
    with pytest.raises(errors.UsernameInvalidError):
        await client(ResolveUsernameRequest("1no"))
    assert (await client(ResolvePhoneRequest("+12025550102"))).users[0].id == BOB
    for phone in ("12025550104", "12025550199"):
        with pytest.raises(errors.PhoneNotOccupiedError):
            await client(ResolvePhoneRequest(phone))
    wanted = [InputPhoneContact(n, p, "x", "") for n, p in enumerate(("12025550103", "1202555"))]
    imported = await client(ImportContactsRequest(wanted))
    assert [(c.user_id, c.client_id) for c in imported.imported] == [(EVE, 0)]


async def test_an_edit_changes_both_copies(client: Any, bob: Any, world: World) -> None:
    made = await client(SendMessageRequest(bob, "before", random_id=1))
    await client(EditMessageRequest(bob, made.id, message="after"))
    assert [m.text for m in world.history(BOB, ANN)] == ["after"]
    with pytest.raises(errors.MessageNotModifiedError):
        await client(EditMessageRequest(bob, made.id, message="after"))


async def test_a_dialog_tells_what_was_read_and_answered(
    client: Any, bob: Any, world: World
) -> None:
    made = await client(SendMessageRequest(bob, "Hello", random_id=1))
    await world.read(BOB, ANN)
    await world.send(BOB, ANN, text="STOP")
    found = await client(GetPeerDialogsRequest([InputDialogPeer(bob)]))
    [dialog] = found.dialogs
    assert (dialog.read_outbox_max_id, dialog.unread_count) == (made.id, 1)
    assert found.messages[0].message == "STOP"
    assert [d.name for d in await client.get_dialogs()] == ["Bob"]
