"""Pure words: what a row means, which transitions are lawful. Nothing here waits or stores."""
