"""Markdown and the HTML in it."""
