"""From files to documents: one format a file, and one place where text becomes canonical."""
