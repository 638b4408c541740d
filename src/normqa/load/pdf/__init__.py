"""PDF: from character boxes to the text that a reader sees."""
