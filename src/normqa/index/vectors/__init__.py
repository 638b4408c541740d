"""Vectors of passages and of their sentences."""
