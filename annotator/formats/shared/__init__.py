"""What several formats need: files, tables, JSON, bitmaps. Formats know this, and not each other."""
