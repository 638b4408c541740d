"""Encoders turn text into vectors; rerankers score a text against a question."""
