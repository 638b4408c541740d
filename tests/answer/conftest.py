"""Fixtures of the answer tests."""

from tests.serve.conftest import built

__all__ = ["built"]
