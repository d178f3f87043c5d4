"""The tester's hand over HTTP, for programs in any language."""

from sandbox.control.server import ControlServer

__all__ = ["ControlServer"]
