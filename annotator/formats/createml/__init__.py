"""Create ML: one format, in a folder of its own."""
