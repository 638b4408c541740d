"""A generation as one file: export it, and import it elsewhere."""
