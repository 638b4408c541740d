"""Fixtures of the schema tests."""

from tests.serve.conftest import built

__all__ = ["built"]
