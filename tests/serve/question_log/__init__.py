"""Tests of the question log."""
