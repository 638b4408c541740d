"""Kills, flipped bits and failing writes, and what must still hold after each of them."""
