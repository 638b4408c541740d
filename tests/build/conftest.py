"""Fixtures that the tests of builds share with those of the index."""

from tests.index.conftest import builds, four_shards, tmp_path

__all__ = ["builds", "four_shards", "tmp_path"]
