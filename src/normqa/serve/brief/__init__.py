"""Briefs that a reader collects quote by quote."""
