"""Fixtures of the client tests."""

from tests.serve.conftest import built

__all__ = ["built"]
