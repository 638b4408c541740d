"""The lexical index: which words count, and how much."""

import os
import tempfile
import time
from collections.abc import Sequence
from itertools import accumulate
from math import log
from pathlib import Path
from typing import Any

import pytest
import tantivy

from normqa.errors import NoTemporaryFolder
from normqa.index.analyzer import tokenize
from normqa.index.lexical import LexicalEntry, LexicalIndex
from tests.build.builds import listing


def an_index(folder: Path, *texts: str) -> LexicalIndex:
    """An index over passages that have neither title nor headings."""
    LexicalIndex.build(folder, [LexicalEntry("doc", "", "", text) for text in texts])
    return LexicalIndex.open([folder])


@pytest.mark.parametrize("question", ["", " ?!", "What is it?", "Which of those do you have, and why?"])
def test_a_question_without_content_words_finds_nothing(question: str, tmp_path: Path) -> None:
    index = an_index(tmp_path, "What is it? Which of those do you have, and why?", "words")
    assert list(index.search(question, 10)) == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("treaty", "Treaties were signed."),
        ("building", "They built and build."),
        ("COOPERATED", "Cooperation matters."),
        ("cafe", "Le CAFÉ"),
        ("hotline?", "(hotlines)"),
    ],
)
def test_other_forms_of_a_word_are_found(question: str, text: str, tmp_path: Path) -> None:
    assert list(an_index(tmp_path, "Nothing alike.", text).search(question, 10)) == [1]


def test_only_passages_that_share_a_word_are_found(tmp_path: Path) -> None:
    index = an_index(tmp_path, "hotlines", "treaties", "norms")
    assert list(index.search("hotlines or norms", 10)) == [0, 2]
    assert list(index.search("satellites", 10)) == []


def test_title_and_headings_are_searched(tmp_path: Path) -> None:
    entries = [
        LexicalEntry("a", "Hotlines", "", "one"),
        LexicalEntry("b", "", "OnnxMetadata hotlines", "two"),
        LexicalEntry("c", "", "", "three"),
    ]
    LexicalIndex.build(tmp_path, entries)
    assert sorted(LexicalIndex.open([tmp_path]).search("hotline", 10)) == [0, 1]


def test_a_word_of_title_or_headings_counts_twice(tmp_path: Path) -> None:
    """Each entry has five words, so each is of average length: BM25 is rarity * 2.2 * tf / (tf + 1.2)."""
    entries = [
        LexicalEntry("a", "hotlines", "norms", "norms"),
        LexicalEntry("b", "norms", "norms", "hotlines"),
        LexicalEntry("c", "norms", "hotlines", "norms"),
        LexicalEntry("d", "norms", "norms", "norms"),
    ]
    LexicalIndex.build(tmp_path, entries)
    idf = log(1 + (4 - 3 + 0.5) / (3 + 0.5))
    found = LexicalIndex.open([tmp_path]).search("hotlines", 10)
    assert found == {
        0: pytest.approx(idf * 2.2 * 2 / (2 + 1.2)),
        2: pytest.approx(idf * 2.2 * 2 / (2 + 1.2)),
        1: pytest.approx(idf * 2.2 * 1 / (1 + 1.2)),
    }
    assert list(found) == [0, 2, 1]


def test_words_of_title_and_text_saturate_together(tmp_path: Path) -> None:
    """The title counts twice and the text once: one frequency of three, not a sum of two scores."""
    entries = [LexicalEntry("a", "hotlines", "", "hotlines"), LexicalEntry("b", "norms", "", "norms")]
    LexicalIndex.build(tmp_path, entries)
    idf = log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    found = LexicalIndex.open([tmp_path]).search("hotlines", 10)
    assert found == {0: pytest.approx(idf * 2.2 * 3 / (3 + 1.2))}


def test_a_term_may_be_in_passage_title_or_headings(tmp_path: Path) -> None:
    LexicalIndex.build(tmp_path, [LexicalEntry("satellites", "Norms", "Of treaties", "The hotlines help.")])
    index = LexicalIndex.open([tmp_path])
    for word in ("norms", "treaty", "hotline", "helped"):
        [term] = tokenize(word)
        assert index.contains_term(term)
    assert not index.contains_term("the")
    assert not index.contains_term("satellit")  # an id is no text


def within(index: LexicalIndex, *documents: str) -> dict[int, float]:
    return index.search("norms", 10, documents)


def test_a_selection_restricts_the_search_and_keeps_scores(
    tmp_path: Path,
) -> None:
    ids = ["a", "b c/Ü #1.txt", "A", "a", "norms"]
    texts = ["norms", "norms norms", "norms apply", "hotlines norms bind", "hotlines"]
    LexicalIndex.build(tmp_path, [LexicalEntry(i, "", "", text) for i, text in zip(ids, texts, strict=True)])
    index = LexicalIndex.open([tmp_path])
    everywhere = index.search("norms", 10)
    assert sorted(everywhere) == [0, 1, 2, 3]
    for documents, numbers in {
        ("a",): {0, 3},
        ("A",): {2},
        ("b c/Ü #1.txt", "A"): {1, 2},
        ("norms",): set[int](),
        ("b c",): set[int](),
        ("gone", "a"): {0, 3},
        (): set[int](),
    }.items():
        found = within(index, *documents)
        assert found == {number: pytest.approx(everywhere[number]) for number in numbers}
        assert list(found) == [number for number in everywhere if number in numbers]


def test_a_selection_of_low_ranked_documents_is_found(tmp_path: Path) -> None:
    entries = [LexicalEntry(f"{n}", "", "", "norms" + " filler" * n) for n in range(50)]
    LexicalIndex.build(tmp_path, entries)
    assert list(LexicalIndex.open([tmp_path]).search("norms", 3, ["49", "48", "47", "46"])) == [46, 47, 48]


def test_idf_is_that_of_bm25(tmp_path: Path) -> None:
    """ln(1 + (N - n + 1/2) / (n + 1/2)) with N = 4 passages, n of them with the term."""
    index = an_index(tmp_path, "norms", "norms norms", "norms and treaties", "hotlines")
    assert index.size == 4
    assert index.idf("norm") == pytest.approx(log(1 + (4 - 3 + 0.5) / (3 + 0.5)))
    assert index.idf("treati") == pytest.approx(log(1 + (4 - 1 + 0.5) / (1 + 0.5)))
    assert index.idf("satellit") == pytest.approx(log(1 + (4 - 0 + 0.5) / (0 + 0.5)))


def test_idf_counts_titles_and_headings(tmp_path: Path) -> None:
    """ln(1 + (N - n + 1/2) / (n + 1/2)) with N = 2 passages; both have the title, one the heading."""
    entries = [LexicalEntry("doc", "norms", heading, "treaties") for heading in ("hotlines", "")]
    LexicalIndex.build(tmp_path, entries)
    index = LexicalIndex.open([tmp_path])
    assert index.idf("norm") == pytest.approx(log(1 + (2 - 2 + 0.5) / (2 + 0.5)))
    assert index.idf("hotlin") == pytest.approx(log(1 + (2 - 1 + 0.5) / (1 + 0.5)))


def test_a_rare_word_outweighs_a_common_one(tmp_path: Path) -> None:
    index = an_index(tmp_path, "norms apply", "norms hold", "hotlines help", "norms bind")
    assert next(iter(index.search("norms hotlines", 10))) == 2


def test_equal_scores_go_by_number(tmp_path: Path) -> None:
    index = an_index(tmp_path, *["norms of states"] * 7)
    assert list(index.search("norms", 10)) == [0, 1, 2, 3, 4, 5, 6]
    assert list(index.search("norms", 3)) == [0, 1, 2]


def test_a_repeated_word_of_the_question_counts_again(tmp_path: Path) -> None:
    index = an_index(tmp_path, "norms states", "hotlines states", "norms", "hotlines hotlines")
    norms, hotlines = index.search("norms", 10), index.search("hotlines", 10)
    both = index.search("norms hotlines norms norms", 10)
    assert both.keys() == norms.keys() | hotlines.keys()
    for number, score in both.items():
        assert score == pytest.approx(3 * norms.get(number, 0) + hotlines.get(number, 0), rel=1e-5)


@pytest.mark.parametrize(
    "question", ['"norms"', "norms AND", "text:norms", "(norms", "norms*", "-norms +", "\\norms", "norms^2~"]
)
def test_a_question_is_never_parsed_as_a_query(question: str, tmp_path: Path) -> None:
    assert 0 in an_index(tmp_path, "norms", "hotlines").search(question, 10)


def test_top_k_may_exceed_the_number_of_passages(tmp_path: Path) -> None:
    assert list(an_index(tmp_path, "norms").search("norms", 1000)) == [0]


TEXTS = ["norms", "norms norms of states", "hotlines", "treaties and norms bind", "hotlines norms", "states"]


def in_shards(folder: Path, *shards: Sequence[str]) -> LexicalIndex:
    """An index of shards with these texts; every text has a document of its own name."""
    folders = [folder / str(place) for place in range(len(shards))]
    for place, (item, texts) in enumerate(zip(folders, shards, strict=True)):
        item.mkdir()
        LexicalIndex.build(item, [LexicalEntry(text, "", "", text) for text in texts], place)
    return LexicalIndex.open(folders)


@pytest.mark.parametrize("sizes", [[3, 3], [0, 6, 0, 0], [1, 2, 0, 3], [6, 0]])
def test_shards_do_not_change_hits_or_scores(sizes: list[int], tmp_path: Path) -> None:
    """Statistics are counted over all shards, and passages are numbered through."""
    ends = list(accumulate(sizes))
    shards = [TEXTS[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    (tmp_path / "one").mkdir()
    one, several = in_shards(tmp_path / "one", TEXTS), in_shards(tmp_path, *shards)
    assert several.sizes == sizes
    assert several.size == one.size == len(TEXTS)
    for question in ("norms", "states and hotlines", "treaties norms norms", "satellites"):
        for within in (None, ["hotlines", "hotlines norms", "norms"], ["gone"]):
            for top_k in (1, 2, 10):
                found = several.search(question, top_k, within)
                expected = one.search(question, top_k, within)
                assert found == {number: pytest.approx(score) for number, score in expected.items()}
                assert list(found) == list(expected)
    for term in ("norm", "hotlin", "treati", "satellit"):
        assert several.idf(term) == one.idf(term)
        assert several.contains_term(term) == one.contains_term(term)


def test_ties_go_by_number_across_shards(tmp_path: Path) -> None:
    index = in_shards(tmp_path, *[["norms of states"] * 3] * 4)
    assert list(index.search("norms", 20)) == list(range(12))
    assert list(index.search("norms", 4)) == [0, 1, 2, 3]


def test_a_shard_keeps_its_place_whatever_the_others_contain(tmp_path: Path) -> None:
    """It is written once and opened with others later; only its place stays."""
    for place, texts in enumerate((["norms"], ["hotlines"], ["treaties", "treaties", "treaties"])):
        (tmp_path / str(place)).mkdir()
        LexicalIndex.build(tmp_path / str(place), [LexicalEntry("d", "", "", text) for text in texts], place)
    (tmp_path / "longer").mkdir()
    LexicalIndex.build(tmp_path / "longer", [LexicalEntry("d", "", "", "states")] * 7, 0)
    opened = LexicalIndex.open([tmp_path / name for name in ("0", "1", "2")])
    later = LexicalIndex.open([tmp_path / name for name in ("longer", "1", "2")])
    assert list(opened.search("hotlines", 9)) == [1]
    assert list(later.search("hotlines", 9)) == [7]
    assert list(later.search("treaties", 9)) == [8, 9, 10]


def test_opening_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """tantivy wants one folder; it gets one for a moment."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "index").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    before = in_shards(tmp_path / "index", ["norms"], ["hotlines"]), listing(tmp_path / "index")
    index = LexicalIndex.open([tmp_path / "index" / "0", tmp_path / "index" / "1"])
    assert listing(tmp_path / "index") == before[1]
    assert list(index.search("norms", 1)) == [0]


def test_opening_removes_what_a_killed_process_left_an_hour_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A younger folder may be in use, and other folders belong to others."""
    LexicalIndex.build(tmp_path, [LexicalEntry("doc", "", "", "norms")])
    temporary = tmp_path / "temporary"
    for name, age in (("normqa-joined-old", 3700), ("normqa-joined-new", 60), ("normqa-notes", 3700)):
        (temporary / name).mkdir(parents=True)
        (temporary / name / "meta.json").touch()
        os.utime(temporary / name, times=(time.time() - age,) * 2)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    LexicalIndex.open([tmp_path])
    assert {path.name for path in temporary.iterdir()} == {"normqa-joined-new", "normqa-notes"}


def test_opening_survives_a_lock_that_tantivy_writes_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread of tantivy locks an index once more when it has been opened: sometimes in just that moment."""
    LexicalIndex.build(tmp_path, [LexicalEntry("doc", "", "", "norms")])
    remove = os.rmdir

    def remove_late(path: Any, **named: Any) -> None:
        if "normqa-" in str(path):
            Path(path, ".tantivy-meta.lock").touch()
        remove(path, **named)

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr("os.rmdir", remove_late)
    assert list(LexicalIndex.open([tmp_path]).search("norms", 1)) == [0]


@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_an_index_that_tantivy_cannot_open_is_refused(damage: str, tmp_path: Path) -> None:
    if damage == "empty":
        (tmp_path / "lexical").mkdir()
    with pytest.raises((ValueError, OSError)):
        LexicalIndex.open([tmp_path])


def test_a_missing_temporary_folder_is_not_called_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LexicalIndex.build(tmp_path, [LexicalEntry("doc", "", "", "words")])
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(NoTemporaryFolder, match=r"no temporary folder can be written \(No such file"):
        LexicalIndex.open([tmp_path])


def test_spellings_are_the_words_as_they_are_spelled(tmp_path: Path) -> None:
    LexicalIndex.build(tmp_path, [LexicalEntry("d", "Norms", "Of Treaties", "The norms, the café.")])
    words = {"the": 1, "norms": 1, "of": 1, "treaties": 1, "cafe": 1}
    index = LexicalIndex.open([tmp_path])
    assert index.spellings("") == words
    assert index.spellings("t") == {"the": 1, "treaties": 1}


def test_long_forms_come_from_all_passages_the_most_frequent_first(tmp_path: Path) -> None:
    texts = ["A tidal mill group (TMG).", "The Tide Mill Guild (TMG).", "Our Tide Mill Guild (TMG)."]
    LexicalIndex.build(tmp_path, [LexicalEntry("d", "", "", text) for text in texts])
    index = LexicalIndex.open([tmp_path])
    assert index.long_forms("tmg") == index.long_forms("TMG") == ["Tide Mill Guild", "tidal mill group"]
    assert index.long_forms("TM") == []


def test_word_in_many_passages_is_common(tmp_path: Path) -> None:
    """Three of ten passages are more than two and more than a tenth."""
    texts = ["party meal"] * 2 + ["party"] + ["herons"] * 7
    LexicalIndex.build(tmp_path, [LexicalEntry("d", "", "", text) for text in texts])
    index = LexicalIndex.open([tmp_path])
    assert index.is_common("Party")
    assert not index.is_common("Meals")
    assert not index.is_common("Party Meals")


def test_index_of_an_older_normqa_has_no_spellings() -> None:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("words", tokenizer_name="normqa", index_option="freq")
    index = LexicalIndex(tantivy.Index(schema.build()), [])
    assert (index.spellings("n"), index.long_forms("GFCE")) == ({}, [])
