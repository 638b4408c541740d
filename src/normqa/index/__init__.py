"""Generations on disk: what is built, how it is opened, and what must belong together."""
