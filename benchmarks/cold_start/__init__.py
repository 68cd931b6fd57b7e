"""Cold starts: each function from its archive and layer, from process start to the answer of its first message."""
