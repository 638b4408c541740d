"""Quotes with dates, in order."""
