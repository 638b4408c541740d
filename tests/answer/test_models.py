"""Models are loaded as the settings say."""

import os

import pytest

from normqa.answer.models import Models, threads_per_worker
from normqa.models.load import warm_up
from normqa.models.onnx.pool import Pool
from normqa.models.onnx.session import OnnxSession
from normqa.settings import Settings
from tests.conftest import TINY_ENCODER, TINY_RERANKER


def test_workers_divide_the_cores() -> None:
    """A single worker leaves the choice to onnxruntime, which counts physical cores."""
    threads = {
        (workers, cores): threads_per_worker(workers, cores) for workers in (1, 2, 5) for cores in (1, 8)
    }
    assert threads == {(1, 1): None, (1, 8): None, (2, 1): 1, (2, 8): 4, (5, 1): 1, (5, 8): 1}


def test_models_run_with_the_threads_of_their_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: list[int | None] = []
    pools: list[int | None] = []

    class Session(OnnxSession):
        def __init__(self, folder: object, spec: object, threads: int | None = None) -> None:
            sessions.append(threads)
            super().__init__(folder, spec, threads)  # type: ignore[arg-type]

    class NotedPool(Pool):
        def __init__(self, threads: int | None) -> None:
            pools.append(threads)
            super().__init__(threads)

    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr("normqa.models.onnx.reranker.Pool", NotedPool)
    monkeypatch.setattr("normqa.models.onnx.encoder.OnnxSession", Session)
    monkeypatch.setattr("normqa.models.onnx.session.OnnxSession", Session)
    models = Models.load(Settings(encoder=str(TINY_ENCODER), reranker=str(TINY_RERANKER), workers=4))
    assert models.reranker
    models.encoder.encode_question("Why?")
    warm_up(models.reranker)
    assert sessions == [2, 1]  # the reranker reads two texts at once instead
    assert pools == [2]
    assert models.calibration is None
