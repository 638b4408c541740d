"""``normqa generations``, ``rollback`` and ``verify-index``."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from normqa.cli.generations import show_generations, write_generations
from normqa.errors import IndexCorrupt
from normqa.index.history import GenerationInfo
from normqa.index.report import CorpusDiff
from tests.cli.conftest import BUILT_AT, NAME, PELICAN, QUESTION, SQUID, Run, a_report, kept_builds
from tests.conftest import WriteCorpus, a_manifest, damage, parts_in_force


def test_generations_are_listed_newest_first(twice: Run) -> None:
    done = twice("generations")
    assert (done.code, done.err) == (0, "")
    newest, oldest = (re.split("  +", line) for line in done.out.decode().splitlines())
    assert newest[0] > oldest[0]
    assert newest[1:] == ["1 document, 1 passage", "1 changed", "current"]
    assert oldest[1:] == ["1 document, 1 passage", "1 added"]


def test_json_includes_reports(twice: Run) -> None:
    newest, oldest = kept_builds(twice)
    assert [item["in_force"] for item in (newest, oldest)] == [True, False]
    assert newest["report"]["update"]["changed"] == ["zoo.md"]
    assert oldest["report"]["update"]["added"] == ["zoo.md"]
    assert (newest["documents"], newest["passages"], newest["fault"]) == (1, 1, None)


def test_no_index_nokept_builds(run: Run) -> None:
    assert run("generations").out == b""
    assert kept_builds(run) == []


def test_keep_generations_limits_the_list(
    twice: Run, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, _ = (item["generation"] for item in kept_builds(twice))
    monkeypatch.setenv("NORMQA_KEEP_GENERATIONS", "2")
    write_corpus({"zoo.md": "The pelican eats crabs."})
    assert twice("build").code == 0
    _, before = (item["generation"] for item in kept_builds(twice))
    assert before == second


def test_rollback_makes_answers_report_it(twice: Run) -> None:
    older = kept_builds(twice)[1]
    done = twice("rollback")
    assert (done.code, done.out) == (0, b"")
    assert done.err == f"Generation {older['generation']}, built at {older['built_at']}, is now current.\n"
    asked = twice("ask", QUESTION)
    assert PELICAN in asked.out.decode()
    assert asked.err == "warning: The index was rolled back; text that changed since then may be quoted.\n"
    answer = json.loads(twice("ask", QUESTION, "--json").out)
    assert answer["index"] == {
        "generation": older["generation"],
        "built_at": older["built_at"],
        "rolled_back": True,
        "warning": None,
    }


def test_status_and_generations_report_a_rollback(twice: Run) -> None:
    older = kept_builds(twice)[1]["generation"]
    assert twice("rollback").code == 0
    status = twice("status").out.decode().splitlines()
    assert status[0] == f"generation  {older} (rolled back to)"
    assert "changed     zoo.md" in status
    assert [item["rolled_back"] for item in kept_builds(twice)] == [False, True]
    assert twice("generations").out.decode().splitlines()[1].endswith("  current; rolled back to")


def test_rollback_to_the_same_documents_is_not_called_up_to_date(built: Run) -> None:
    assert built("build", "--full").code == 0
    assert built("rollback").code == 0
    last = built("status", "--exit-code")
    assert last.code == 0
    assert last.out.decode().splitlines()[-1].startswith("The index was rolled back, and has the documents")


def test_rollback_to_a_named_build_and_forward_again(twice: Run) -> None:
    newest, oldest = (item["generation"] for item in kept_builds(twice))
    assert twice("rollback", oldest).code == 0
    assert twice("rollback", newest).code == 0
    asked = twice("ask", QUESTION)
    assert (SQUID in asked.out.decode(), asked.err) == (True, "")


def test_build_ends_a_rollback(twice: Run) -> None:
    assert twice("rollback").code == 0
    assert "Built generation" in twice("build").err
    asked = twice("ask", QUESTION)
    assert (SQUID in asked.out.decode(), asked.err) == (True, "")


@pytest.mark.parametrize(
    "name", ["20200101T000000.000000Z", "nonsense", "", "../generations", "..", "/etc", "\x1b[31m"]
)
def test_rollback_to_an_unknown_build_fails(twice: Run, index: Path, name: str) -> None:
    before = (index / "CURRENT").read_bytes()
    told = twice("rollback", name).failed(1)
    assert f"There is no generation {name!r}." in told
    assert "normqa generations lists" in told
    assert (index / "CURRENT").read_bytes() == before


def test_rollback_needs_an_older_build(built: Run) -> None:
    told = built("rollback").failed(1)
    assert re.search(r"There is no generation before \S+\.\n", told)
    assert "normqa generations lists" in told


def test_rollback_to_a_damaged_build_fails(twice: Run, index: Path) -> None:
    before = (index / "CURRENT").read_bytes()
    oldest = kept_builds(twice)[1]["generation"]
    damage(index / "shards" / f"{oldest}-0" / "texts.sqlite")
    assert "texts.sqlite is corrupted: checksum mismatch." in twice("rollback").failed(1)
    assert (index / "CURRENT").read_bytes() == before


def test_verify_index_lists_intact_builds(twice: Run) -> None:
    done = twice("verify-index")
    assert (done.code, done.err) == (0, "")
    assert done.out == twice("generations").out


def test_verify_index_without_an_index(run: Run) -> None:
    done = run("verify-index")
    assert (done.code, done.out.decode()) == (0, "There is no index yet.\n")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "is corrupted: checksum mismatch": damage,
    "is missing": Path.unlink,
    "is not part of this generation": lambda path: path.with_name("stray").touch(),
}


@pytest.mark.parametrize("part", ["texts.sqlite", "passages.npy", "files.json"])
@pytest.mark.parametrize("told", DAMAGES)
@pytest.mark.parametrize("which", [0, 1])
def test_verify_index_finds_damage_to_any_build(
    twice: Run, index: Path, part: str, told: str, which: int
) -> None:
    """Damage the newest build or the one before, and leave the other intact."""
    name = kept_builds(twice)[which]["generation"]
    [path] = [path for path in index.rglob(part) if name in str(path)]
    DAMAGES[told](path)
    done = twice("verify-index")
    assert (done.code, done.err) == (1, "")
    lines = done.out.decode().splitlines()
    assert "damaged" not in lines[1 - which]
    assert re.search(rf"damaged: index/\S+ {told}\.$", lines[which])


@pytest.mark.parametrize("part", ["manifest.json", "manifest.copy.json", "report.json"])
def test_verify_index_finds_damage_to_metadata(twice: Run, index: Path, part: str) -> None:
    damage(parts_in_force(index)[part])
    done = twice("verify-index")
    assert done.code == 1
    assert part in done.out.decode().splitlines()[0]


def test_verify_index_finds_a_damaged_pointer(twice: Run, index: Path) -> None:
    (index / "CURRENT").write_text("nonsense\n", encoding="utf-8")
    assert twice("verify-index").code == 1


FAULT = IndexCorrupt("texts.sqlite is missing.", "Run normqa build.")


PASTS = [
    GenerationInfo("20260104T000000.000000Z", False, False, None, None, FAULT),
    GenerationInfo(
        "20260103T000000.000000Z",
        False,
        False,
        a_manifest(1_000, 1),
        a_report(CorpusDiff(settings=("encoder",))),
        None,
    ),
    GenerationInfo(
        NAME,
        True,
        True,
        a_manifest(1, 3),
        a_report(CorpusDiff(("a", "b"), ("c",), (("d", "e"),), ("f",))),
        None,
    ),
    GenerationInfo(
        "20260101T000000.000000Z",
        False,
        False,
        a_manifest(2, 4),
        a_report(CorpusDiff(added=("a",) * 2_000)),
        FAULT,
    ),
]
"""An unreadable generation, one after a change of encoder, one rolled back to, and a damaged one."""


def test_one_line_per_generation(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_generations(PASTS)
    out, err = capsysbinary.readouterr()
    assert err == b""
    assert [re.split("  +", line) for line in out.decode().splitlines()] == [
        ["20260104T000000.000000Z", "unreadable", "damaged: texts.sqlite is missing."],
        ["20260103T000000.000000Z", "1,000 documents, 1 passage", "no file changed"],
        [
            NAME,
            "1 document, 3 passages",
            "2 added, 1 changed, 1 renamed, 1 removed",
            "current; rolled back to",
        ],
        [
            "20260101T000000.000000Z",
            "2 documents, 4 passages",
            "2,000 added",
            "damaged: texts.sqlite is missing.",
        ],
    ]


def test_json_of_generations(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_generations(PASTS[:1] + PASTS[2:3])
    unreadable, rolled_back = json.loads(capsysbinary.readouterr().out)
    assert unreadable == {
        "generation": "20260104T000000.000000Z",
        "in_force": False,
        "rolled_back": False,
        "built_at": None,
        "documents": None,
        "passages": None,
        "fault": "texts.sqlite is missing.",
        "report": None,
    }
    report = rolled_back.pop("report")
    assert rolled_back == {
        "generation": NAME,
        "in_force": True,
        "rolled_back": True,
        "built_at": BUILT_AT,
        "documents": 1,
        "passages": 3,
        "fault": None,
    }
    assert report["update"]["renamed"] == [["d", "e"]]
    assert report["seconds"] == {"Reading the corpus": 1.5, "Loading documents": 0.25}


def test_no_generations_are_an_empty_list(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_generations([])
    assert capsysbinary.readouterr().out == b""
    write_generations([])
    assert json.loads(capsysbinary.readouterr().out) == []
