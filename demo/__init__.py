"""The whole product against the sandbox: played by a person, or by itself as an end-to-end test."""
