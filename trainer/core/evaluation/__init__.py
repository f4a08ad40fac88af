"""Compares predictions with the truth: the same numbers for every backend."""
