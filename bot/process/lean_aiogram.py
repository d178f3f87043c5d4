"""Import aiogram without building its models; pydantic builds each of them on its first use.

aiogram declares its types with `defer_build` and then rebuilds all of them at the end of
`aiogram.types`; its methods are built where they are declared. That is 2.3 s of processor time
and 100 MB in each process, of which a bot uses a tenth. While `import_aiogram` imports the
package, rebuilding is put off and building is deferred by default. Afterwards each model is given
the namespace in which aiogram would have built it: pydantic reads `__pydantic_parent_namespace__`
when it builds a deferred model.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

log = logging.getLogger(__name__)

Model: TypeAlias = type[BaseModel]
Postponed: TypeAlias = list[tuple[Model, dict[str, Any]]]  # with the arguments of model_rebuild

# Every update and nearly every answer holds a Message: what finds it built does not build it again.
BUILT_AT_ONCE = ("Message", "Update")


def import_aiogram() -> None:
    """Import aiogram with its models deferred, unless it is imported already.

    With releases of pydantic or aiogram that cannot do this, all models are built at once, as by
    a plain import.
    """
    if "aiogram" in sys.modules:
        return
    postponed: Postponed = []
    with _deferred(postponed):
        import aiogram.types
    try:
        _, arguments = postponed[0]  # they are the same for each model
        for model in _models_of_aiogram(BaseModel):
            model.__pydantic_parent_namespace__ = arguments["_types_namespace"]
        for name in BUILT_AT_ONCE:
            getattr(aiogram.types, name).model_rebuild()
    except Exception:
        log.warning("aiogram's models are built at once: they cannot be deferred", exc_info=True)
        for model, arguments in postponed:
            model.model_rebuild(**arguments)


@contextmanager
def _deferred(postponed: Postponed) -> Iterator[None]:
    """Inside, new models are deferred, and calls of `model_rebuild` are put off to `postponed`."""

    def postpone(model: Model, /, **arguments: Any) -> None:
        postponed.append((model, arguments))

    rebuild, config = vars(BaseModel)["model_rebuild"], BaseModel.model_config
    type.__setattr__(BaseModel, "model_rebuild", classmethod(postpone))
    BaseModel.model_config = ConfigDict(defer_build=True)
    try:
        yield
    finally:
        type.__setattr__(BaseModel, "model_rebuild", rebuild)
        BaseModel.model_config = config


def _models_of_aiogram(parent: Model) -> Iterator[Model]:
    for model in parent.__subclasses__():
        if model.__module__.startswith("aiogram."):
            yield model
            yield from _models_of_aiogram(model)
