"""Pairs of question and text that teach the reader."""
