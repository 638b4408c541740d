"""Vectors of a build: encoded, cached, or kept for the next build, and their inverted file."""
