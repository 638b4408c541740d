"""Files to documents, one format a module."""
