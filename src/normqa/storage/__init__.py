"""Where indexes are kept: in a folder, or in a database."""
