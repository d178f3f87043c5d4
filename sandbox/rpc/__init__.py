"""What Telegram's methods mean: each module answers one family of them from the world."""

from sandbox.rpc.door import MtprotoDoor

__all__ = ["MtprotoDoor"]
