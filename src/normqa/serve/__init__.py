"""The HTTP server: JSON API, pages and administration."""
