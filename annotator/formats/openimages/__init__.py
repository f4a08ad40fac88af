"""Open Images: one format, in a folder of its own."""
