"""The control server: everything that `Person` and `Faults` do, over HTTP, for any language."""

from sandbox.control.server import ControlServer

__all__ = ["ControlServer"]
