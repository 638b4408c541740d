"""Requests from clients: JSON bodies, query strings, and the rules of their fields."""
