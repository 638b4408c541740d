"""normqa answers questions about a folder of documents by quoting them, word for word."""

from importlib.metadata import version

__version__ = version("normqa")
