"""Quotes: what to show of the candidates that answer."""
