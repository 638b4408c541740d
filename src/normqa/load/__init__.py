"""Files to documents, one format per module."""
