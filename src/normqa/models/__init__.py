"""Encoders and rerankers: text to vectors, question and sentence to a score."""
