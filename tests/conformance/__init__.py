"""Reads a folder of datasets with exact expectations and says which are not met."""
