"""``normqa eval --files`` measures what was read of files whose text is known."""

import json
import random
import sys
from pathlib import Path

import pytest

from normqa.build.progress import NoProgress
from normqa.cli.main import main
from normqa.errors import CollectionUnusable
from normqa.evaluate.files import Fidelity, common_subsequence, evaluate_files
from tests.conftest import MAX_FILE_BYTES
from tests.files.other import OTHERS
from tests.files.pdfs import PDFS
from tests.files.printed import PRINTED, UNTAGGED
from tests.files.write import FOLDER


def folder_of(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_missed_invented_and_moved_words_are_counted() -> None:
    fidelity = Fidelity.of("The well is deep, and old.", "deep, The well was old")
    assert dict(fidelity.missed) == {"is": 1, "and": 1}
    assert dict(fidelity.invented) == {"was": 1}
    assert fidelity.in_order == 3  # The well old
    assert fidelity.failure == "2 words missed (is, and); 1 words invented (was); 1 words out of order"


def test_equal_texts_have_no_failure() -> None:
    assert Fidelity.of("The well\n\nis deep.", "The well is deep").failure is None
    assert Fidelity.of("", "").failure is None


def test_common_subsequence_equals_the_textbook_table() -> None:
    chance = random.Random(7)
    for _ in range(60):
        first, second = (chance.choices("abc", k=chance.randrange(12)) for _ in range(2))
        table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
        for i, a in enumerate(first):
            for j, b in enumerate(second):
                table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
        assert common_subsequence(first, second) == table[-1][-1]


def test_figures_are_of_each_format_and_of_all(tmp_path: Path) -> None:
    files = {
        "a.md": "one two",
        "a.md.txt": "one two three four",
        "b.html": "<p>one five",
        "b.html.txt": "one",
    }
    found = evaluate_files(folder_of(tmp_path, files), MAX_FILE_BYTES, NoProgress())
    figures = found.result.figures
    assert (figures["words"], figures["missed"], figures["invented"]) == (5, 2, 1)
    assert (figures["kept"], figures["right"], figures["order"]) == (3 / 5, 3 / 4, 1)
    assert (figures["md"]["kept"], figures["html"]["right"]) == (2 / 4, 1 / 2)
    assert found.failures == ("a.md: 2 words missed (three, four)", "b.html: 1 words invented (five)")


def test_files_without_a_right_text_are_not_measured(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a.md": "one", "b.txt": "two"})
    with pytest.raises(CollectionUnusable, match="no file with its right text"):
        evaluate_files(tmp_path, MAX_FILE_BYTES, NoProgress())


def test_figure_below_its_floor_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"a.md": "one", "a.md.txt": "one two", "floors.json": json.dumps({"md kept": 0.6, "md right": 1})}
    folder_of(tmp_path, files)
    command = ["normqa", "eval", "--files", str(tmp_path), "--work", str(tmp_path / "work")]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code
    error = capsys.readouterr().err
    assert "failed: a.md: 1 words missed (two)" in error
    assert "md kept (floor 0.6)" in error
    assert "md right" not in error


def test_malformed_pages_are_named(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a.md": "one", "a.md.txt": "one", "a.md.json": "{}"})
    with pytest.raises(CollectionUnusable, match=r"a\.md\.json cannot be read"):
        evaluate_files(tmp_path, MAX_FILE_BYTES, NoProgress())


def test_committed_files_are_those_that_the_script_writes() -> None:
    for name, (content, right) in PDFS.items():
        assert (FOLDER / name).read_bytes() == content
        assert (FOLDER / f"{name}.txt").read_text(encoding="utf-8") == right
    for name, (_, right) in {**OTHERS, **PRINTED}.items():
        assert (FOLDER / f"{name}.txt").read_text(encoding="utf-8") == right


def test_committed_files_are_read_as_well_as_their_floors_say() -> None:
    found = evaluate_files(FOLDER, MAX_FILE_BYTES, NoProgress())
    assert found.failing == {}, found.failures
    assert found.result.figures["files"] == len(PDFS | OTHERS | PRINTED | UNTAGGED)
    assert not [failure for failure in found.failures if failure.startswith("hidden")]
