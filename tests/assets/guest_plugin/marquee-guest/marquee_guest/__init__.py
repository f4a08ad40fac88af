"""A guest of Marquee."""
