"""Threads of a session."""

import onnxruntime
import pytest

from normqa.models.onnx.session import MODEL, OnnxSession
from normqa.models.weights import ENCODER
from tests.conftest import TINY_ENCODER


@pytest.mark.parametrize(
    ("threads", "allowed", "expected"),
    [(None, "1", 1), (None, "3", 3), (2, "1", 2), (None, "", 0), (None, "many", 0), (None, "4,2", 0)],
)
def test_environment_limits_the_threads(
    threads: int | None, allowed: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The argument comes first, and onnxruntime chooses if neither is a number."""
    opened = []
    session = onnxruntime.InferenceSession

    def note(
        path: str, options: onnxruntime.SessionOptions, **others: object
    ) -> onnxruntime.InferenceSession:
        opened.append(options.intra_op_num_threads)
        return session(path, options, **others)

    monkeypatch.setattr(onnxruntime, "InferenceSession", note)
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    OnnxSession(TINY_ENCODER / MODEL, ENCODER, threads)
    assert opened == [expected]
