"""The figures of an evaluation: how they are computed, stored and reported."""
