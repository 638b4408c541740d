"""Figures: how well normqa finds, on collections that somebody else has judged."""
