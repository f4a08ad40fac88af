"""Pictures of classes and objects: one format, in a folder of its own."""
