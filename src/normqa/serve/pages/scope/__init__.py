"""Narrow a search to some of the documents, on a page."""
