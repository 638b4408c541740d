"""Scores single sentences against a question."""

from normqa.rerank.factory import load_reranker
from normqa.rerank.reranker import Reranker

__all__ = ["Reranker", "load_reranker"]
