"""The tester's hand over HTTP, for programs in any language."""
