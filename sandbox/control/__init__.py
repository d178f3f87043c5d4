"""The tester's hand over HTTP, for programs in any language."""

from sandbox.control.door import Control

__all__ = ["Control"]
