"""Files: uploading parts, making media of them or of a reference, downloading."""

from __future__ import annotations

import time
from typing import Any

from telethon.tl import functions, types

from sandbox.mtproto import Call, RpcFailure, refuse
from sandbox.rpc import serializers
from sandbox.rpc.context import DC_ID, Context
from sandbox.rpc.registry import handles
from sandbox.world import Media
from sandbox.world.pictures import measure

MEGABYTE = 1024 * 1024
MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_SIDES_PIXELS = 10_000


@handles(functions.upload.SaveFilePartRequest)
@handles(functions.upload.SaveBigFilePartRequest)
async def save_file_part(context: Context, call: Call) -> bool:
    request = call.request
    context.uploads.add(call.account, request.file_id, request.file_part, request.bytes)
    return True


@handles(functions.upload.GetFileRequest)
async def get_file(context: Context, call: Call) -> Any:
    """Return a part of a file; all files are in one data centre, the others refer to it."""
    request, location = call.request, call.request.location
    if call.credential.dc_id != DC_ID:
        raise refuse(f"FILE_MIGRATE_{DC_ID}")
    if not isinstance(location, types.InputPhotoFileLocation | types.InputDocumentFileLocation):
        raise refuse("LOCATION_INVALID")
    step = 1024 if request.precise else 4096
    if request.offset < 0 or request.offset % step:
        raise refuse("OFFSET_INVALID")
    last = request.offset + request.limit - 1
    if request.limit < 1 or request.limit % step or last // MEGABYTE > request.offset // MEGABYTE:
        raise refuse("LIMIT_INVALID")
    data = _find(context, call.account, location).data
    chunk = data[request.offset : request.offset + request.limit]
    return types.upload.File(types.storage.FileUnknown(), int(time.time()), chunk)


@handles(functions.messages.UploadMediaRequest)
async def upload_media(context: Context, call: Call) -> Any:
    context.peers.resolve_id(call.account, call.request.peer)
    media = read_media(context, call.account, call.request.media)
    return serializers.media(context, call.account, media, int(time.time()))


def read_media(context: Context, account: int, media: Any) -> Media:
    """Return the file of an InputMedia, made from an upload or found by its reference."""
    match media:
        case types.InputMediaUploadedPhoto():
            return _photo(context, context.uploads.whole(account, media.file))
        case types.InputMediaUploadedDocument():
            return _document(context, context.uploads.whole(account, media.file), media)
        case types.InputMediaPhoto() | types.InputMediaDocument():
            return _find(context, account, media.id)
    raise refuse("MEDIA_INVALID")


def read_album(context: Context, account: int, items: list[Any]) -> list[Media]:
    """Return files that were uploaded before.

    The error of an expired reference names its position in the album.
    """
    if not all(isinstance(m, types.InputMediaPhoto | types.InputMediaDocument) for m in items):
        raise refuse("MEDIA_INVALID")
    album = []
    for place, item in enumerate(items):
        try:
            album.append(_find(context, account, item.id))
        except RpcFailure as failure:
            if not failure.name.startswith("FILE_REFERENCE_"):
                raise
            why = failure.name.removeprefix("FILE_REFERENCE_")
            raise refuse(f"FILE_REFERENCE_{place}_{why}") from None
    return album


def _photo(context: Context, data: bytes) -> Media:
    size = measure(data)
    if size is None or len(data) > MAX_PHOTO_BYTES:
        raise refuse("IMAGE_PROCESS_FAILED")
    width, height = size
    if not (width and height) or width + height > MAX_SIDES_PIXELS:
        raise refuse("PHOTO_INVALID_DIMENSIONS")
    return context.world.new_media(
        "photo", data, mime_type="image/jpeg", width=width, height=height
    )


def _document(context: Context, data: bytes, media: Any) -> Media:
    name, kind = media.file.name, "document"
    seen: dict[str, Any] = {}
    for attribute in media.attributes:
        match attribute:
            case types.DocumentAttributeFilename():
                name = attribute.file_name
            case types.DocumentAttributeVideo():
                kind = "video"
                seen = {"width": attribute.w, "height": attribute.h, "duration": attribute.duration}
    return context.world.new_media(kind, data, file_name=name, mime_type=media.mime_type, **seen)


def _find(context: Context, account: int, reference: Any) -> Media:
    """Return the file of an InputPhoto, InputDocument or location: id, access hash, reference."""
    media = context.world.media.get(getattr(reference, "id", 0))
    if media is None or reference.access_hash != context.peers.access_hash(account, media.id):
        raise refuse("MEDIA_EMPTY")
    context.references.check(account, media.id, reference.file_reference)
    return media
