"""Questions over HTTP: one, several together, and their answers in other formats."""
