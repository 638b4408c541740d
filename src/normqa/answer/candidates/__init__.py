"""Candidates: the sentences, list items, rows and lists that may answer, ranked."""
