"""What rows mean, and which transitions of their status are lawful. Nothing here does I/O."""
