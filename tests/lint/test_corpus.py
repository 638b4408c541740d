"""Linting of whole corpora; the shipped corpus is clean."""

from pathlib import Path

import pytest
from hypothesis import given

from normqa.errors import CorpusMissing
from normqa.lint.corpus import LintResult, lint
from normqa.lint.front_matter import GUIDE as GUIDE_NAME
from normqa.lint.front_matter import Guide
from normqa.lint.note import Finding, Note
from normqa.load.corpus import scan
from normqa.settings import Settings
from tests.conftest import MAX_FILE_BYTES, ROOT, WriteCorpus
from tests.lint.conftest import GUIDE, HEAD, Look
from tests.markdown_texts import markdown_texts

CORPUS = ROOT / "corpus"
EXCLUDE = Settings().exclude


def test_shipped_corpus_has_no_findings() -> None:
    linted = lint(CORPUS, MAX_FILE_BYTES, EXCLUDE)
    assert linted.findings == ()
    assert linted.files > 50


def test_shipped_guide_lists_exactly_the_topics_in_use() -> None:
    sources, _ = scan(CORPUS, MAX_FILE_BYTES, EXCLUDE)
    topics = [topic for source in sources for topic in Note.read(source.path, source.name).texts("topics")]
    guide = Guide.of(Note.read(CORPUS / GUIDE_NAME, GUIDE_NAME))
    assert len(set(guide.topics)) == len(guide.topics)
    assert set(topics) == set(guide.topics)


def test_missing_front_matter_is_reported_except_in_verbatim_files(look: Look) -> None:
    """In verbatim files, only links are checked."""
    body = "It eats fish.\n\n[Dead](x.md)\n"
    linted = look({"new.md": body, "old/a.md": body, "new.txt": "It eats fish."})
    assert linted.files == 3
    assert [(finding.file, finding.line, finding.rule) for finding in linted.findings] == [
        ("new.md", 1, "front-matter"),
        ("new.md", 1, "pronoun"),
        ("new.md", 3, "link"),
        ("new.txt", 1, "front-matter"),
        ("old/a.md", 3, "link"),
    ]


def test_only_links_of_the_guide_are_checked(
    write_corpus: WriteCorpus,
) -> None:
    corpus = write_corpus(
        {"a.md": HEAD + "Herons eat fish.\n", "CONTRIBUTING.md": GUIDE + "\n[Dead](x.md)\n"}
    )
    hint = "Fix the link or remove it."
    finding = Finding("CONTRIBUTING.md", 9, "link", "broken link 'x.md': the file does not exist", hint)
    assert lint(corpus, MAX_FILE_BYTES, ("CONTRIBUTING.md",)) == LintResult(1, (finding,))
    assert lint(corpus, MAX_FILE_BYTES) == LintResult(2, (finding,))


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("paper.xlsx", b"%PDF", ".xlsx files are not read"),
        ("broken.md", b"---\ntitle: [\n---\nText", "its front matter is not valid YAML"),
        ("latin.txt", HEAD.encode() + b"Ein Storch im Gr\xfcnen f\xe4ngt Fr\xf6sche.", "it is not UTF-8"),
        ("CONTRIBUTING.md", b"---\ntopics: [\n---\n", "the file or its front matter cannot be read"),
    ],
)
def test_unreadable_file_is_reported(look: Look, name: str, content: bytes, what: str) -> None:
    linted = look({"a.md": HEAD + "Herons eat fish.\n", name: content})
    [finding] = linted.findings
    assert (finding.file, finding.line, finding.rule) == (name, 1, "file")
    assert finding.what.startswith(what)


def test_excluded_file_is_skipped(write_corpus: WriteCorpus) -> None:
    corpus = write_corpus({"drafts/a.md": "It eats fish.", "b.pdf": "%PDF"})
    assert lint(corpus, MAX_FILE_BYTES, ("drafts/*", "*.pdf")) == LintResult(0, ())


def test_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing):
        lint(tmp_path / "nowhere", MAX_FILE_BYTES)


def test_findings_are_sorted_by_file_and_line(look: Look) -> None:
    body = "It eats fish.\n\n## Food\n\nIt eats [frogs](x.md).\n"
    linted = look({"b.md": HEAD + body, "a.md": HEAD + body})
    assert [(finding.file, finding.line, finding.rule) for finding in linted.findings] == [
        (name, line, rule)
        for name in ("a.md", "b.md")
        for line, rule in ((9, "pronoun"), (13, "link"), (13, "pronoun"))
    ]


@given(markdown_texts)
def test_findings_of_any_note_have_valid_lines(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "a.md").write_text(HEAD + body, encoding="utf-8")
    linted = lint(corpus, MAX_FILE_BYTES)
    lines = (HEAD + body).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in linted.findings:
        assert finding.rule in {"pronoun", "link", "section-length", "sentence-length"}, finding
        assert 1 <= finding.line <= len(lines)
        assert lines[finding.line - 1].strip()
