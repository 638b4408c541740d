"""Briefs: quotes with footnotes, to print, to write with and to import."""
