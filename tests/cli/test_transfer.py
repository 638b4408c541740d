"""``normqa export`` and ``normqa import``, and ``serve --follow``."""

from pathlib import Path

from tests.cli.conftest import PELICAN, QUESTION, Run, kept_builds


def test_backup_brings_a_lost_index_back(twice: Run, index: Path, tmp_path: Path) -> None:
    current, older = (build["generation"] for build in kept_builds(twice))
    exported = twice("export", str(tmp_path))
    path = tmp_path / f"{current}.normqa"
    assert f"Exported generation {current} to {path}" in exported.err
    other = str(tmp_path / "other")
    assert twice("import", str(path), "--index", other).code == 0
    assert b"squid" in twice("ask", QUESTION, "--index", other).out
    assert older not in {entry.name for entry in (Path(other) / "generations").iterdir()}
    assert index.exists()


def test_older_backup_is_a_rollback(built: Run, corpus: Path, tmp_path: Path) -> None:
    assert built("export", str(tmp_path / "old.normqa")).code == 0
    (corpus / "zoo.md").write_text("The pelican eats squid.\n", encoding="utf-8")
    assert built("build").code == 0
    assert built("import", str(tmp_path / "old.normqa")).code == 0
    assert PELICAN.encode() in built("ask", QUESTION).out
    assert [build["rolled_back"] for build in kept_builds(built)] == [False, True]


def test_file_that_is_no_export_changes_nothing(built: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 10_000)
    before = kept_builds(built)
    assert "is no export" in built("import", str(tmp_path / "file")).failed(1)
    assert kept_builds(built) == before


def test_following_and_watching_exclude_each_other(built: Run) -> None:
    assert "Leave out one" in built("serve", "--follow", "x", "--watch").failed(2)
