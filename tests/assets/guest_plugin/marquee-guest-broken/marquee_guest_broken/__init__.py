"""A guest that does not work."""
