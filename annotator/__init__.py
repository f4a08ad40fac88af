"""Labelling, and the ground that both packages stand on."""

__version__ = "0.1.0"
