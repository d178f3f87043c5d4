"""The whole product against the sandbox, for eyes (`make demo`) and for proof (`--tour`)."""
