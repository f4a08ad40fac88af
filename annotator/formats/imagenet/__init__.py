"""ImageNet: one format, in a folder of its own."""
