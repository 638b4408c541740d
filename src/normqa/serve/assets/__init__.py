"""The static files of the pages."""
