"""What Telegram's methods mean: each module handles one family of them from the world."""

from sandbox.rpc.server import MtprotoServer

__all__ = ["MtprotoServer"]
