"""VGG Image Annotator: one format, in a folder of its own."""
