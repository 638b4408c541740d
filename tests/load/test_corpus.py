"""The corpus lists its files in a fixed order; a problem with one is reported and the others are read."""

import errno
import hashlib
import os
import subprocess
import sys
import unicodedata
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normqa.datatypes import Document
from normqa.errors import CorpusMissing
from normqa.load.content import Content
from normqa.load.corpus import SUFFIXES, SourceFile, document_id, scan
from normqa.load.formats import FORMATS, Format
from normqa.load.loaded import Parsed
from normqa.load.loaders import load, loader_fingerprint, parse
from normqa.load.problem import Problem
from tests.conftest import MAX_FILE_BYTES, WriteCorpus


def read(corpus: Path, max_file_bytes: int = MAX_FILE_BYTES) -> tuple[dict[str, Document], dict[str, str]]:
    """The documents of a corpus by id, and the reasons for skipped files, by name."""
    sources, problems = scan(corpus, max_file_bytes)
    loaded = [load(source) for source in sources]
    problems += [item.problem for item in loaded if item.problem]
    documents = {item.document.id: item.document for item in loaded if item.document}
    return documents, {problem.path: problem.reason for problem in problems if problem.skipped}


def test_every_suffix_has_a_format_in_the_same_order() -> None:
    assert [*FORMATS] == [*SUFFIXES]


def test_listing_files_imports_no_loader() -> None:
    program = (
        "import sys, normqa.service\n"
        "print(sorted({'chardet', 'lxml', 'markdown_it', 'selectolax', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_file_becomes_a_document_of_its_own_format(write_corpus: WriteCorpus) -> None:
    same = "---\ntitle: T\n---\n*Text*\n"
    names = ["a.md", "b.markdown", "c.txt", "d", "E.MD", "F.TXT", "README"]
    documents, problems = read(write_corpus(dict.fromkeys(names, same)))
    assert {name: document.text for name, document in documents.items()} == {
        "a": "Text",
        "b.markdown": "Text",
        "E.MD": "Text",
        "c.txt": "*Text*\n",
        "d": "*Text*\n",
        "F.TXT": "*Text*\n",
        "README": "*Text*\n",
    }
    assert {document.title for document in documents.values()} == {"T"}
    assert problems == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("strategies.md", "strategies"),
        ("a/b/ü c#1.md", "a/b/ü c#1"),
        ("a/b/u\u0308 c.md", "a/b/ü c"),
        ("x.txt", "x.txt"),
        ("x.markdown", "x.markdown"),
        ("x.MD", "x.MD"),
        ("x.md.md", "x.md"),
        ("国/نص", "国/نص"),
        ("a.md/b", "a.md/b"),
    ],
)
def test_an_id_is_the_path_without_a_final_md(write_corpus: WriteCorpus, name: str, expected: str) -> None:
    assert document_id(name) == expected
    documents, _ = read(write_corpus({name: "Text"}))
    assert list(documents) == [expected]


def test_an_id_does_not_depend_on_the_other_files(write_corpus: WriteCorpus) -> None:
    alone, _ = read(write_corpus({"b/x.md": "Text"}))
    among, _ = read(write_corpus({"a/x.md": "Text", "b/x.txt": "Text", "x.md": "Text"}))
    assert alone["b/x"] == among["b/x"]


def test_the_order_is_by_name_and_a_folder_comes_after_the_files_beside_it(write_corpus: WriteCorpus) -> None:
    names = ["b.md", "a/z.md", "ä.md", "a.md", "B.md", "a/b/c.txt", "a/a.md", "Z/y.md"]
    sources, _ = scan(write_corpus(dict.fromkeys(names, "Text")), MAX_FILE_BYTES)
    assert [source.name for source in sources] == [
        *("B.md", "a.md", "b.md", "ä.md"),
        "Z/y.md",
        *("a/a.md", "a/z.md"),
        "a/b/c.txt",
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("open.md", "---\ntitle: T\nText", "its front matter is not closed"),
        ("image.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a binary file"),
        ("empty.md", "", "it contains no text"),
        ("empty.txt", "", "it contains no text"),
        ("blank", " \n\n", "it contains no text"),
        ("heads.md", "---\ntitle: T\n---\n", "it contains no text"),
        ("comment.md", "<!-- nothing yet -->", "it contains no text"),
        ("deep.md", "> " * 5000 + "text", "its markup is nested too deeply"),
        (
            "sheet.xlsx",
            b"PK",
            ".xlsx files are not read; .md, .markdown, .txt, .pdf, .html, .htm, .xhtml, .epub, .docx",
        ),
        ("v1.2 notes", "Text", ".2 notes files are not read"),
        (".hidden.md", "Text", "it is hidden"),
        (".git/config", "Text", "it is hidden"),
        ("a/.obsidian/notes.md", "Text", "it is hidden"),
        ("two\nlines.md", "Text", "its name contains control characters"),
        ("big.md", "x" * 101, "it has 101 bytes, more than max_file_bytes = 100"),
    ],
)
def test_a_file_without_a_document_is_reported_and_the_others_load(
    write_corpus: WriteCorpus, name: str, content: str | bytes, reason: str
) -> None:
    corpus = write_corpus(
        {"0 before.md": "Before", name: content, "~ after.md": "After", "~/after.txt": "After"}
    )
    documents, problems = read(corpus, 100 if name == "big.md" else MAX_FILE_BYTES)
    assert list(documents) == ["0 before", "~ after", "~/after.txt"]
    [(path, told)] = problems.items()
    assert name.startswith(path)  # a hidden folder is named once, not file by file
    assert told.startswith(reason)


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ((), {"CONTRIBUTING.md", "a/CONTRIBUTING.md", "a/b/c.md", "a/ü.md", "b.md", "b.xlsx"}),
        (("CONTRIBUTING.md",), {"a/CONTRIBUTING.md", "a/b/c.md", "a/ü.md", "b.md", "b.xlsx"}),
        (("a/*",), {"CONTRIBUTING.md", "b.md", "b.xlsx"}),
        (("a",), {"CONTRIBUTING.md", "a/CONTRIBUTING.md", "a/b/c.md", "a/ü.md", "b.md", "b.xlsx"}),
        (("*.md",), {"b.xlsx"}),
        (("*.xlsx", "a/u\u0308.md"), {"CONTRIBUTING.md", "a/CONTRIBUTING.md", "a/b/c.md", "b.md"}),
        (("?.[mx][dl]*",), {"CONTRIBUTING.md", "a/CONTRIBUTING.md", "a/b/c.md", "a/ü.md"}),
        (
            ("contributing.md", "/b.md", "./b.md"),
            {"CONTRIBUTING.md", "a/CONTRIBUTING.md", "a/b/c.md", "a/ü.md", "b.md", "b.xlsx"},
        ),
    ],
)
def test_an_excluded_file_is_neither_read_nor_reported(
    write_corpus: WriteCorpus, patterns: tuple[str, ...], left: set[str]
) -> None:
    """A pattern fits the whole name, and ``*`` matches a slash too."""
    names = ["CONTRIBUTING.md", "a/CONTRIBUTING.md", "a/b/c.md", "a/ü.md", "b.md", "b.xlsx"]
    sources, problems = scan(write_corpus(dict.fromkeys(names, "Text")), MAX_FILE_BYTES, patterns)
    assert {source.name for source in sources} | {problem.path for problem in problems} == left
    assert {problem.path for problem in problems} == left & {"b.xlsx"}


def test_a_hidden_folder_can_be_excluded_by_its_name(write_corpus: WriteCorpus) -> None:
    corpus = write_corpus({".git/config": "Text", "a.md": "Text"})
    assert [problem.path for problem in scan(corpus, MAX_FILE_BYTES)[1]] == [".git"]
    assert scan(corpus, MAX_FILE_BYTES, [".git"])[1] == []


def test_a_missing_folder_raises(corpus: Path) -> None:
    with pytest.raises(CorpusMissing, match="does not exist"):
        scan(corpus / "other", MAX_FILE_BYTES)


def test_a_source_file_knows_its_size(write_corpus: WriteCorpus) -> None:
    """So does the target of a link."""
    corpus = write_corpus({"a.md": "ü" * 3, "b.md": ""})
    (corpus / "c.md").symlink_to("a.md")
    sources, _ = scan(corpus, MAX_FILE_BYTES)
    assert {source.name: source.size for source in sources} == {"a.md": 3 * 2, "b.md": 0, "c.md": 3 * 2}


def test_a_file_as_large_as_allowed_is_read(write_corpus: WriteCorpus) -> None:
    documents, problems = read(write_corpus({"a.md": "x" * 100}), max_file_bytes=100)
    assert list(documents) == ["a"]
    assert problems == {}


def test_a_guessed_encoding_is_reported_with_the_document(write_corpus: WriteCorpus) -> None:
    text = "El año próximo habrá una reunión en España sobre la cooperación internacional."
    [source], problems = scan(write_corpus({"a.txt": text.encode("cp1252")}), MAX_FILE_BYTES)
    loaded = load(source)
    assert problems == []
    assert loaded.document is not None
    assert loaded.document.text == text
    assert loaded.problem == Problem(
        "a.txt", "it is not UTF-8 and was read as cp1252; save it as UTF-8 to be sure", skipped=False
    )


def test_stray_bytes_are_reported_with_their_lines(write_corpus: WriteCorpus) -> None:
    lines = [b"caf\xe9 \xc3\xa9t\xc3\xa9"] * 6
    [source], _ = scan(write_corpus({"a.txt": b"\n\n".join(lines)}), MAX_FILE_BYTES)
    problem = load(source).problem
    assert problem is not None
    assert not problem.skipped
    assert problem.reason.startswith(
        "lines 1, 3, 5, 7, 9 and others: bytes that are not UTF-8 were read as cp1252; "
    )


@pytest.mark.parametrize(
    ("front_matter", "reason"),
    [
        ("title: [", "its front matter is not valid YAML (line 2: "),
        ("title: [T]", "its front matter has an unusable value for `title` (line 2: a list)"),
        ('title: "\\UFFFFFFFF"', "its front matter is not valid YAML ("),
        ("date: 2024-02-30", "its front matter has an unusable value for `date` (line 2: no such date)"),
    ],
)
def test_an_unusable_value_is_reported_with_the_document(
    corpus: Path, front_matter: str, reason: str
) -> None:
    source = SourceFile(corpus / "a.md", "a.md", "a", 0)
    loaded = parse(source, Content(f"---\n{front_matter}\n---\nText".encode()))
    assert loaded.document is not None
    assert loaded.document.text == "Text"
    assert loaded.problem is not None
    assert not loaded.problem.skipped
    assert loaded.problem.reason.startswith(reason)


def test_several_reasons_are_one_line(corpus: Path) -> None:
    source = SourceFile(corpus / "a.md", "a.md", "a", 0)
    loaded = parse(source, Content("---\ntitle: [T]\nurl: {}\n---\nCafé là-bas".encode("cp1252")))
    assert loaded.problem is not None
    assert [reason.partition("(")[0] for reason in loaded.problem.reason.split("; i")][::2] == [
        "its front matter has an unusable value for `title` ",
        "ts front matter has an unusable value for `url` ",
        "t is not UTF-8 and was read as cp1252; save it as UTF-8 to be sure",
    ]


def test_a_rule_on_the_first_line_is_text(write_corpus: WriteCorpus) -> None:
    rule = "---\n\nThe well is forty metres deep.\n"
    documents, problems = read(write_corpus({"a.md": rule, "a.txt": rule}))
    assert {name: document.text for name, document in documents.items()} == {
        "a": "The well is forty metres deep.",
        "a.txt": rule,
    }
    assert problems == {}


def test_whatever_a_parser_raises_costs_that_file(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Parsed:
        raise OverflowError("Python int too large\nto convert")

    monkeypatch.setitem(FORMATS, ".md", Format("broken", fail))
    loaded = parse(SourceFile(corpus / "a.md", "a.md", "a", 0), Content(b"Text"))
    assert loaded.document is None
    assert loaded.problem is not None
    assert loaded.problem.skipped
    assert loaded.problem.reason.startswith(
        "it cannot be parsed (OverflowError: Python int too large to convert)"
    )


@pytest.mark.parametrize(
    ("kept", "left_out", "shared"),
    [
        ("a", "a.md", "a"),
        ("u\u0308.md", "\u00fc.md", "\u00fc"),
        ("u\u0308/b.txt", "\u00fc/b.txt", "\u00fc/b.txt"),
    ],
)
def test_of_two_files_with_one_id_the_second_is_reported(
    write_corpus: WriteCorpus, kept: str, left_out: str, shared: str
) -> None:
    corpus = write_corpus({left_out: "Second", kept: "First", "z.md": "Last"})
    documents, problems = read(corpus)
    assert {name: document.text for name, document in documents.items()} == {shared: "First", "z": "Last"}
    assert problems == {left_out: f"{kept!r} already has its document id {shared!r}; rename one of them"}


def test_a_broken_file_keeps_its_id(write_corpus: WriteCorpus) -> None:
    documents, problems = read(write_corpus({"a": b"\0", "a.md": "Text"}))
    assert documents == {}
    assert list(problems) == ["a.md", "a"]


def test_a_name_that_is_not_utf_8_is_reported(corpus: Path) -> None:
    Path(os.fsdecode(os.fsencode(corpus) + b"/caf\xe9.md")).write_text("Text")
    assert read(corpus) == ({}, {"caf\\udce9.md": "its name is not UTF-8"})


def test_a_link_to_a_file_of_the_corpus_is_a_document_of_its_own(write_corpus: WriteCorpus) -> None:
    corpus = write_corpus({"a.md": "Text"})
    (corpus / "b.md").symlink_to("a.md")
    documents, problems = read(corpus)
    assert {name: document.text for name, document in documents.items()} == {"a": "Text", "b": "Text"}
    assert problems == {}


def test_the_corpus_itself_may_be_a_link(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    write_corpus({"a.md": "Text"})
    (tmp_path / "link").symlink_to("corpus")
    documents, problems = read(tmp_path / "link")
    assert list(documents) == ["a"]
    assert problems == {}


def test_links_neither_leave_the_corpus_nor_loop(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    corpus = write_corpus({"a.md": "Text", "folder/b.md": "Text"})
    (tmp_path / "corpus.secret").mkdir()
    (tmp_path / "corpus.secret" / "secret.md").write_text("Secret")
    links = {
        "out.md": "../corpus.secret/secret.md",
        "out folder": "../corpus.secret",
        "absolute.md": str(tmp_path / "corpus.secret" / "secret.md"),
        "up": "..",
        "chain.md": "out.md",
        "to folder": "folder",
        "round": ".",
        "folder/up": "..",
        "dangling.md": "nothing.md",
        "self.md": "self.md",
        "loop 1.md": "loop 2.md",
        "loop 2.md": "loop 1.md",
    }
    for name, target in links.items():
        (corpus / name).symlink_to(target)
    documents, problems = read(corpus)
    leaves = "it is a link to a place outside the corpus"
    folder = "it is a link to a folder; link the files, or move the folder here"
    nothing = "it is a link to nothing"
    assert list(documents) == ["a", "folder/b"]
    assert problems == {
        **dict.fromkeys(["out.md", "out folder", "absolute.md", "up", "chain.md"], leaves),
        **dict.fromkeys(["to folder", "round", "folder/up"], folder),
        **dict.fromkeys(["dangling.md", "self.md", "loop 1.md", "loop 2.md"], nothing),
    }


def test_a_pipe_is_reported_without_waiting(write_corpus: WriteCorpus) -> None:
    corpus = write_corpus({"a.md": "Text"})
    os.mkfifo(corpus / "pipe.md")
    documents, problems = read(corpus)
    assert list(documents) == ["a"]
    assert problems == {"pipe.md": "it is not a regular file"}


def test_a_file_that_becomes_a_pipe_is_reported_without_waiting(write_corpus: WriteCorpus) -> None:
    corpus = write_corpus({"a.md": "Text", "b.md": "Text", "b.md.meta.yaml": "title: B"})
    sources, _ = scan(corpus, MAX_FILE_BYTES)
    for name in ("a.md", "b.md.meta.yaml"):
        (corpus / name).unlink()
        os.mkfifo(corpus / name)
    reasons = [loaded.problem.reason for loaded in map(load, sources) if loaded.problem]
    assert reasons == ["it cannot be read (it is not a regular file)"] * 2


def test_an_unreadable_file_is_reported(write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is simulated, because root may read everything."""
    corpus = write_corpus({"a.md": "Text", "closed.md": "Text", "shut/b.md": "Text"})
    open_file, scandir = Path.open, os.scandir

    def refuse_file(path: Path, *args: Any, **named: Any) -> Any:
        if path.name == "closed.md":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_file(path, *args, **named)

    def refuse_folder(path: str) -> Any:
        if Path(path).name == "shut":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(Path, "open", refuse_file)
    monkeypatch.setattr(os, "scandir", refuse_folder)
    documents, problems = read(corpus)
    assert list(documents) == ["a"]
    assert problems == {
        "closed.md": "it cannot be read (Permission denied)",
        "shut": "the folder cannot be entered (Permission denied)",
    }


@pytest.mark.parametrize("writes", [1, 99])
def test_a_file_that_changes_while_it_is_read_is_read_again(
    writes: int, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes at every attempt costs only itself."""
    corpus = write_corpus({"a.md": "Text", "busy.md": "Text"})
    open_file, left = Path.open, count(writes, -1)

    def write_meanwhile(path: Path, *args: Any, **named: Any) -> Any:
        opened = open_file(path, *args, **named)
        if path.name == "busy.md" and next(left) > 0:
            with open_file(path, "ab") as file:
                file.write(b" and more")
        return opened

    monkeypatch.setattr(Path, "open", write_meanwhile)
    documents, problems = read(corpus)
    if writes == 1:
        assert (documents["busy"].text, problems) == ("Text and more", {})
    else:
        assert list(documents) == ["a"]
        assert problems == {"busy.md": "it cannot be read (it changes while it is read)"}


def test_a_file_that_vanishes_before_it_is_read_is_reported(corpus: Path) -> None:
    gone = SourceFile(corpus / "gone.md", "gone.md", "gone", 0)
    loaded = load(gone)
    assert loaded.document is None
    assert loaded.problem == Problem("gone.md", "it cannot be read (No such file or directory)")


def test_an_empty_corpus_has_no_files(corpus: Path) -> None:
    (corpus / "empty folder").mkdir()
    assert read(corpus) == ({}, {})


def test_max_file_bytes_is_part_of_the_loader_fingerprint() -> None:
    assert loader_fingerprint(100) == loader_fingerprint(100)
    assert loader_fingerprint(100) != loader_fingerprint(101)


@given(st.binary(max_size=200), st.sampled_from(["x.md", "x.txt"]))
@example(b"---\n!!int '': 1\n---\n", "x.md")
@example(b"<div><![x[", "x.md")
@example(b"*a " * 2000, "x.md")
@example(b"[" * 5000, "x.md")
@example(b"\xff\xfe\x00\xd8", "x.txt")
def test_no_bytes_crash_the_loader(corpus: Path, raw: bytes, name: str) -> None:
    path = corpus / name
    path.write_bytes(raw)
    loaded = load(SourceFile(path, name, document_id(name), len(raw)))
    skipped = loaded.problem is not None and loaded.problem.skipped
    assert (loaded.document is None) == skipped


_markup = st.text(st.sampled_from("-*_`~[]()<>!#|:&;\\=+ \t\n\"'/1.)ab\u0301\u2028é"), max_size=120)


@given(_markup)
def test_no_markup_crashes_the_loader(corpus: Path, source: str) -> None:
    path = corpus / "x.md"
    path.write_text(source, encoding="utf-8")
    loaded = load(SourceFile(path, "x.md", "x", len(source)))
    if loaded.document is None:
        assert loaded.problem is not None
    else:
        text = loaded.document.text
        assert text == text.strip() == unicodedata.normalize("NFC", text)
        assert "".join(text.split()) == "".join(
            "".join(block.span.of(text).split()) for block in loaded.document.blocks
        )


def test_a_folder_that_can_be_listed_but_not_entered_stops_no_scan(
    write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus({"a.md": "Open.", "listed/deep/b.md": "Closed."})
    stat, lstat = os.stat, os.lstat

    def check(path: Any) -> None:
        if not isinstance(path, int) and corpus / "listed" in Path(path).parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

    def checked_stat(path: Any, **options: Any) -> os.stat_result:
        check(path)
        return stat(path, **options)

    def checked_lstat(path: Any, **options: Any) -> os.stat_result:
        check(path)
        return lstat(path, **options)

    monkeypatch.setattr(os, "stat", checked_stat)
    monkeypatch.setattr(os, "lstat", checked_lstat)
    sources, problems = scan(corpus, MAX_FILE_BYTES)
    assert [source.name for source in sources] == ["a.md"]
    assert [problem.path for problem in problems] == ["listed/deep/b.md"]


def test_a_sidecar_gives_the_metadata_of_its_file(write_corpus: WriteCorpus) -> None:
    written = {
        "a.txt": "The well is deep.",
        "a.txt.meta.yaml": "title: Wells\ndate: 2024-05-01\n",
        "b.md": "---\ntitle: B\nsource: S\n---\nText",
        "b.md.meta.yaml": "title: Other\nurl: [x]\n",
    }
    documents, problems = read(write_corpus(written))
    assert list(documents) == ["a.txt", "b"]
    assert documents["a.txt"].title == "Wells"
    assert documents["a.txt"].metadata.date == "2024-05-01"
    assert (documents["b"].title, documents["b"].metadata.source) == ("Other", "S")
    assert problems == {}


def test_an_unusable_sidecar_costs_only_its_metadata() -> None:
    source = SourceFile(Path("a.txt"), "a.txt", "a.txt", 5)
    for sidecar, reason in (
        (b"- title", "its metadata file was ignored: "),
        (b"url: [x]", "its metadata file has an unusable value for `url` (line 1: a list)"),
    ):
        loaded = parse(source, Content(b"Text.", sidecar))
        assert loaded.document is not None
        assert loaded.document.text == "Text."
        assert loaded.problem is not None
        assert loaded.problem.reason.startswith(reason)
        assert not loaded.problem.skipped


def test_a_sidecar_without_its_file_is_reported(write_corpus: WriteCorpus) -> None:
    _, problems = read(write_corpus({"a.txt": "Text.", "b.txt.meta.yaml": "title: B"}))
    assert list(problems) == ["b.txt.meta.yaml"]


def test_an_edited_sidecar_changes_the_content_of_its_file() -> None:
    assert Content(b"a").sha256 == hashlib.sha256(b"a").hexdigest()
    assert len({Content(b"a", sidecar).sha256 for sidecar in (None, b"", b"title: A", b"title: B")}) == 4
