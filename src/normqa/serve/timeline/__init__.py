"""Quotes with dates, in order, as a page and as JSON."""
