"""Join the characters of a page to runs and lines of text."""
