"""The fault matrix: what may go wrong, done to the real product, judged by what people received."""
