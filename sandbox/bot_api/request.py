"""Parses an HTTP request and validates it against aiogram's model of the method.

So the sandbox rejects unknown methods, missing parameters and wrong types exactly where the client
library would. A value comes as text (nested ones as JSON) in the query, a form or a multipart form,
or typed in a JSON body. A file is a part, either under its parameter's name or as `attach://part`
(core.telegram.org/bots/api#sending-files).
"""

from __future__ import annotations

import json
from types import NoneType
from typing import Any, get_args

import aiogram.methods
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile
from aiohttp import BodyPartReader, web
from pydantic import ValidationError

from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.bot_api.files import UPLOAD_LIMIT

_ATTACHED = "attach://"
_EMPTY = {
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "video": "there is no video in the request",
    "file_id": "file_id not specified",
    "text": "message text is empty",
}

type_of_method: dict[str, type[TelegramMethod[Any]]] = {
    model.__api_method__.lower(): model
    for model in (getattr(aiogram.methods, name) for name in aiogram.methods.__all__)
    if issubclass(model, TelegramMethod) and model is not TelegramMethod
}


async def read_values(request: web.Request) -> dict[str, Any]:
    """Return all parameters of the request by name; a file is a `BufferedInputFile`."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise bad_request("nested multipart is not a form")
            values[part.name] = await _read_part(part)
    elif request.content_type == "application/json":
        values |= await _read_json(request)
    else:
        values |= await request.post()
    return values


async def _read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise bad_request("can't parse the request's JSON") from error
    if not isinstance(body, dict):
        raise bad_request("the request's JSON is no object")
    return body


async def _read_part(part: BodyPartReader) -> str | BufferedInputFile:
    if part.filename is None:
        return await part.text()
    data = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        data += chunk
        if len(data) > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
    return BufferedInputFile(bytes(data), filename=part.filename)


def validate(model: type[TelegramMethod[Any]], values: dict[str, Any]) -> TelegramMethod[Any]:
    """Return the request as the model.

    Raises `ApiError` (400) that names the first invalid parameter.
    """
    files = {name: value for name, value in values.items() if isinstance(value, BufferedInputFile)}
    asked: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name in values:
            plain = set(get_args(field.annotation) or (field.annotation,)) <= {str, NoneType}
            asked[name] = values[name] if plain else _decoded(name, values[name], files)
        elif isinstance(field.default, Default):
            asked[name] = None
    try:
        return model.model_validate(asked)
    except ValidationError as error:
        wrong = error.errors()[0]
        path = ".".join(str(step) for step in wrong["loc"])
        if wrong["type"] == "missing" and path in _EMPTY:
            raise bad_request(_EMPTY[path]) from error
        raise bad_request(f'parameter "{path}" is invalid: {wrong["msg"]}') from error


def _decoded(name: str, value: Any, files: dict[str, BufferedInputFile]) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise bad_request(f'can\'t parse "{name}" JSON object') from error
    return _with_files(value, files)


def _with_files(value: Any, files: dict[str, BufferedInputFile]) -> Any:
    match value:
        case str() if value.startswith(_ATTACHED):
            part = value.removeprefix(_ATTACHED)
            if part not in files:
                raise bad_request(f"file part {part} is missing")
            return files[part]
        case list():
            return [_with_files(item, files) for item in value]
        case dict():
            return {
                key: item if key in ("text", "caption") else _with_files(item, files)
                for key, item in value.items()
            }
    return value
