"""Hugging Face image folders: one format, in a folder of its own."""
