"""What the tests of requests and replies share with those of the server."""

from tests.serve.conftest import built

__all__ = ["built"]
