"""Evaluation requires the extra ``normqa[eval]``."""

import importlib
import sys

import pytest

import normqa.evaluate
from normqa.errors import ExtraMissing


@pytest.mark.parametrize("module", ["ir_measures", "scipy", "sklearn"])
def test_missing_library_is_reported_with_the_extra(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraMissing, match=r"normqa\[eval\]") as missing:
        importlib.reload(normqa.evaluate)
    assert "pip install 'normqa[eval]'" in missing.value.hint
