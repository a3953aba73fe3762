"""Recipes that make what lies in `models/`: reading the annotated corpus, training, export. Not imported by the pipeline."""
