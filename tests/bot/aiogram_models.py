"""Print what aiogram's models are and do, as JSON: `python tests/bot/aiogram_models.py lean`.

Without `lean`, aiogram is imported plainly. Both must print the same, except for `built`. It is
run by its path because `tests.bot` itself imports aiogram.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.process.lean_aiogram import import_aiogram

USER = {"id": 7, "is_bot": False, "first_name": "Olga", "language_code": "ru"}
CHAT = {"id": 7, "type": "private", "first_name": "Olga"}
MESSAGE = {
    "message_id": 1,
    "date": 1_790_000_000,
    "chat": CHAT,
    "from": USER,
    "text": "Hello, Olga",
    "entities": [{"type": "bold", "offset": 0, "length": 5}],
    "reply_to_message": {"message_id": 0, "date": 0, "chat": CHAT},
    "reply_markup": {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]},
    "something_new": {"kept": True},
}
NOTES = {  # what pydantic adds to the configuration of some models as it builds them
    "defer_build",
    "validate_by_alias",
    "validate_by_name",
}
SAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("Update", {"update_id": 1, "message": MESSAGE}),
    (
        "Update",
        {
            "update_id": 2,
            "callback_query": {
                "id": "1",
                "from": USER,
                "chat_instance": "1",
                "message": {"chat": CHAT, "message_id": 5, "date": 0},
                "data": "go",
            },
        },
    ),
    ("Update", {"update_id": "no number", "message": {**MESSAGE, "chat": 5}}),
    ("Message", {"message_id": 1, "date": "never", "chat": CHAT}),
    ("Message", {"message_id": 1, "date": 0, "chat": CHAT, "from_user": USER}),
    ("InputMediaDocument", {"media": "file_id", "caption": "<b>bold</b>"}),
    ("ReplyKeyboardMarkup", {"keyboard": [[{"text": "Yes"}]], "resize_keyboard": True}),
    ("SendMessage", {"chat_id": "@shop", "text": "Hi", "reply_markup": MESSAGE["reply_markup"]}),
    ("SendMessage", {"chat_id": 7}),
    ("EditMessageText", {"text": "Hi", "chat_id": 7, "message_id": 1, "parse_mode": None}),
    ("AnswerCallbackQuery", {"callback_query_id": "1", "text": "Done"}),
]


def main(*, lean: bool) -> None:
    if lean:
        import_aiogram()
    import aiogram.methods
    import aiogram.types

    models = {
        name: model
        for package in (aiogram.types, aiogram.methods)
        for name in package.__all__
        if inspect.isclass(model := getattr(package, name))
        and issubclass(model, BaseModel)
        and not inspect.isabstract(model)
    }
    built = sum(model.__pydantic_complete__ for model in models.values())
    samples = [_outcome(models[name], sample) for name, sample in SAMPLES]
    described = {name: _described(model) for name, model in models.items()}
    json.dump({"built": built, "samples": samples, "models": described}, sys.stdout)


def _outcome(model: type[BaseModel], sample: dict[str, Any]) -> str:
    try:
        made = model.model_validate(sample)
    except ValidationError as error:
        return str(error)
    return repr(made) + repr(made.model_dump(warnings=False))


def _described(model: type[BaseModel]) -> str:
    """What pydantic validates and serializes by this model."""
    config = {key: value for key, value in model.model_config.items() if key not in NOTES}
    model.model_rebuild(raise_errors=True)
    described = f"{model.model_fields!r} {config!r} {model.__signature__}"
    return re.sub(r" at 0x[0-9a-f]+", "", described)


if __name__ == "__main__":
    main(lean="lean" in sys.argv)
