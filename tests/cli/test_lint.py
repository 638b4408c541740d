"""``normqa lint``."""

import json

from tests.cli.conftest import PELICAN, Done, Run
from tests.conftest import WriteCorpus


def test_one_line_per_finding(run: Run, write_corpus: WriteCorpus) -> None:
    """File and line come first, in the form that editors link; the count goes to stderr."""
    head = "title: Zoo\ntopics: zoo\ndate: 2024\nsource: us\nreferences: A\nquestions: Q?\n"
    write_corpus({"zoo.md": f"---\n{head}---\nIt eats [herring](fish.md).\n"})
    done = run("lint")
    assert done.code == 1
    assert done.out.decode() == (
        "corpus/zoo.md:9: broken link 'fish.md': the file does not exist. Fix the link or remove it.\n"
        'corpus/zoo.md:9: "It eats herring." opens with a word that refers back, so it cannot be quoted'
        " alone. Name what the word refers to.\n"
    )
    assert done.err == "2 problems in 1 file.\n"
    told = run("lint", "--json")
    assert told.code == 1
    assert json.loads(told.out) == {
        "files": 1,
        "findings": [
            {
                "file": "zoo.md",
                "line": 9,
                "rule": "link",
                "what": "broken link 'fish.md': the file does not exist",
                "way_out": "Fix the link or remove it.",
            },
            {
                "file": "zoo.md",
                "line": 9,
                "rule": "pronoun",
                "what": '"It eats herring." opens with a word that refers back, so it cannot be quoted alone',
                "way_out": "Name what the word refers to.",
            },
        ],
    }


def test_clean_corpus_and_missing_corpus(run: Run, write_corpus: WriteCorpus) -> None:
    head = "title: Zoo\ntopics: zoo\ndate: 2024\nsource: us\nreferences: A\nquestions: Q?\n"
    write_corpus({"zoo.md": f"---\n{head}---\n{PELICAN}\n", "CONTRIBUTING.md": "Write well."})
    assert run("lint") == Done(0, b"", "No problems in 1 file.\n")
    assert json.loads(run("lint", "--json").out) == {"files": 1, "findings": []}
    assert "The corpus folder nowhere does not exist" in run("lint", "--corpus", "nowhere").failed(1)


def test_file_name_cannot_command_the_terminal(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"\x1b[2J.md": "Text"})
    done = run("lint")
    assert done.code == 1
    assert b"\x1b" not in done.out
