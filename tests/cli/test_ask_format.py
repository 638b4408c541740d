"""``normqa ask --format``."""

import json

from tests.cli.conftest import PELICAN, QUESTION, Run


def test_citations_are_printed_in_the_format(built: Run) -> None:
    done = built("ask", QUESTION, "--format", "csl-json")
    assert (done.code, done.err) == (0, "")
    [item] = json.loads(done.out)
    assert item["custom"]["quote"] == PELICAN
    assert built("ask", QUESTION, "--format", "ris").out.startswith(b"TY  - GEN\r\n")


def test_an_unknown_format_is_wrong_usage(built: Run) -> None:
    done = built("ask", QUESTION, "--format", "word")
    assert done.code == 2
    assert "There is no format 'word'." in done.err
    assert "bibtex" in done.err
