"""The TL methods (core.telegram.org/methods): each module implements one family of them."""

from sandbox.rpc.server import MtprotoServer

__all__ = ["MtprotoServer"]
