"""News from the annotator that the trainer acts on."""
