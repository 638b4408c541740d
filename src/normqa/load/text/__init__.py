"""Text files: their encoding, their front matter and plain text."""
