"""Quotes and conversations in the formats of reference managers, writers and annotation tools."""
