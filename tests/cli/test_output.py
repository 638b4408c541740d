"""Terminal output."""

import io
import sys

import pytest

from normqa.cli import output
from normqa.errors import NormqaError


def test_stdout_is_utf_8_whatever_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    output.write("Möwe\n")
    output.write(b"Ente\n")
    output.write("a\ud800b\n")
    assert raw.getvalue() == "Möwe\nEnte\na?b\n".encode()


def test_error_is_printed_with_its_hint(capsys: pytest.CaptureFixture[str]) -> None:
    output.error(NormqaError("There is no [bold]x[/] in a:cd:b.", "Run [it] \\[now]."))
    output.error(NormqaError("No way out.", ""))
    out, err = capsys.readouterr()
    assert err == ("error: There is no [bold]x[/] in a:cd:b.\n  Run [it] \\[now].\nerror: No way out.\n")
    assert out == ""


def test_long_lines_are_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    output.info("x" * 500)
    output.error(NormqaError("y " * 300 + "y", ""))
    assert capsys.readouterr().err == "x" * 500 + "\n" + "error: " + "y " * 300 + "y\n"
