"""Sentence boundaries of a text in any language."""
