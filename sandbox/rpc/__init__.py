"""The TL methods (core.telegram.org/methods): each module implements one family of them."""

from sandbox.rpc.phone_lookups import SECONDS as PHONE_LOOKUP_SECONDS
from sandbox.rpc.server import MtprotoServer

__all__ = ["PHONE_LOOKUP_SECONDS", "MtprotoServer"]
