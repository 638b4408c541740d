"""Incremental builds in several shards: the same index as a full build in one, and only edits are written."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normqa.build.plan import FileSource
from normqa.index.report import read_files
from normqa.index.shards import ShardLayout, shard_of
from normqa.load.content import Content
from normqa.load.loaded import Loaded
from normqa.search.filters import Filters
from normqa.search.retrieve import retrieve
from tests.build.builds import Builds, Watcher, flip_a_bit, in_shards
from tests.conftest import SEED, SEED_QUESTION, asking
from tests.load.pdf.files import pdf, text
from tests.test_invariants import here

WORDS = ["states", "norms", "treaties", "hotlines", "firms", "law", "trust", "reports", "crises", "borders"]


def a_document(number: int) -> str:
    """A document of three sections of random words."""
    chance = Random(number)
    sections = []
    for _ in range(3):
        a, b, c, d = chance.sample(WORDS, 4)
        more = " ".join(chance.choices(WORDS, k=chance.randint(0, 12)))
        sections.append(f"## Of {a}\n\nAll {a} need {b} and {c}. In {number}, {d} had {b}: {more}.")
    return "\n\n".join(
        [f"---\ntopics: [{chance.choice(WORDS)}]\n---\n# Paper {number} on {chance.choice(WORDS)}", *sections]
    )


LIBRARY = {f"papers/{number}.md": a_document(number) for number in range(40)} | {
    "strategies.md": SEED.read_text(encoding="utf-8"),
    "empty.md": "",
}
QUESTIONS = [
    SEED_QUESTION,
    "What do all norms need?",
    "Which treaties had hotlines in 17?",
    "How do firms and states differ?",
    "Who won the football match?",
]


def check_that_they_are_equal(one: Builds, other: Builds) -> None:
    """The same files, documents, passages, vectors to 1e-6, and answers, of whatever documents."""
    left, right = one.generation(), other.generation()
    assert one.current_build().files == other.current_build().files
    assert one.current_build().inputs == other.current_build().inputs
    ids = left.store.document_ids()
    assert right.store.document_ids() == ids
    assert left.manifest.documents == right.manifest.documents == len(ids)
    assert left.manifest.passages == right.manifest.passages
    for numbers in zip(left.store.passages_of(ids), right.store.passages_of(ids), strict=True):
        for mine, its in zip(*numbers, strict=True):
            assert left.store.passage(mine) == right.store.passage(its)
            assert np.abs(left.dense.vector(mine) - right.dense.vector(its)).max() <= 1e-6
            assert np.abs(left.sentences.of(mine) - right.sentences.of(its)).max(initial=0) <= 1e-6
    for document_id in ids:
        assert left.store.document(document_id) == right.store.document(document_id)
        assert left.store.original(document_id) == right.store.original(document_id)
    services = one.service(), other.service()
    for question, topics in product(QUESTIONS, ((), ("norms", "law"))):
        inquiry = replace(asking(question, 5), filters=Filters(topics=topics))
        answers = [service.ask(inquiry) for service in services]
        assert answers[0].quotes == answers[1].quotes
        assert answers[0].near_misses == answers[1].near_misses
        assert (answers[0].kind, answers[0].status) == (answers[1].kind, answers[1].status)


def note_parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Records the name of every file that is parsed from now on."""
    parsed, load = list[str](), FileSource.load

    def note(source: FileSource, content: Content) -> Loaded:
        parsed.append(source.name)
        return load(source, content)

    monkeypatch.setattr(FileSource, "load", note)
    return parsed


@pytest.mark.parametrize("count", [2, 8, 64])
def test_several_shards_answer_like_one(count: int, tmp_path: Path) -> None:
    """In 64 of them, many hold no document."""
    one, several = (Builds(tmp_path / name, tmp_path / f"index of {name}") for name in ("one", "several"))
    one.of(LIBRARY)
    several.layout = in_shards(count)
    several.of(LIBRARY)
    assert len(one.manifest().shards) == 1
    assert len(several.manifest().shards) == count
    check_that_they_are_equal(one, several)


@pytest.mark.usefixtures("four_shards")
def test_6_equal_passages_rank_by_document_id_across_shards(
    builds: Builds,
) -> None:
    names = [f"{letter}.md" for letter in "abcdefgh"]
    builds.of(dict.fromkeys(names, "# Hotlines\n\nStates keep hotlines."))
    hits = retrieve(builds.generation(), "hotlines", builds.encoder.encode_question("hotlines"), 8)
    assert [hit.passage.document_id for hit in hits] == list("abcdefgh")


@pytest.mark.usefixtures("four_shards")
def test_the_id_of_a_document_decides_its_shard(builds: Builds) -> None:
    """The entry of its file is in the same shard, even if the file has no document."""
    manifest = builds.of(LIBRARY)
    ids = {name: name.removesuffix(".md") for name in LIBRARY}
    for place, shard in enumerate(manifest.shards):
        assert shard.name == f"{manifest.generation}-{place}"
        files = read_files(builds.shard(place))
        assert set(files) == {name for name in LIBRARY if shard_of(ids[name], 4) == place}
        assert shard.documents == sum(entry.document is not None for entry in files.values())
        assert shard.passages == sum(entry.passages for entry in files.values())


@pytest.mark.usefixtures("four_shards")
def test_an_edit_rewrites_one_shard_and_encodes_only_new_text(builds: Builds) -> None:
    """One of the three passages of the edited document has changed."""
    before = builds.of(LIBRARY)
    edited = LIBRARY | {"papers/7.md": LIBRARY["papers/7.md"] + " Often."}
    assert builds.encoding(edited) == 1
    after = builds.manifest()
    place = shard_of("papers/7", 4)
    assert after.shards[place].name == f"{after.generation}-{place}"
    assert after.shards[place].key != before.shards[place].key
    others = set(range(4)) - {place}
    assert all(after.shards[item] == before.shards[item] for item in others)
    assert builds.shards() == {shard.name for shard in before.shards + after.shards}


@pytest.mark.usefixtures("four_shards")
def test_only_changed_files_of_a_rewritten_shard_are_parsed(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage counts those of the shard; the others it takes from the generation before."""
    parsed = note_parsed(monkeypatch)
    builds.of(LIBRARY)
    assert sorted(parsed) == sorted(LIBRARY)
    parsed.clear()
    builds.write(LIBRARY | {"papers/7.md": "Changed."})
    watcher = Watcher()
    builds(progress=watcher)
    assert parsed == ["papers/7.md"]
    place = shard_of("papers/7", 4)
    own = [name for name in LIBRARY if shard_of(name.removesuffix(".md"), 4) == place]
    assert watcher.stages["Loading documents"] == watcher.advanced["Loading documents"] == len(own)


@pytest.mark.usefixtures("four_shards")
def test_renaming_a_file_rewrites_its_shards_and_encodes_nothing(builds: Builds) -> None:
    before = builds.of(LIBRARY)
    old, new = "papers/7", next(f"papers/new {n}" for n in range(99) if shard_of(f"papers/new {n}", 4) != 3)
    renamed = {f"{new}.md" if name == f"{old}.md" else name: text for name, text in LIBRARY.items()}
    assert builds.encoding(renamed) == 0
    touched = {shard_of(old, 4), shard_of(new, 4)}
    for place, (one, other) in enumerate(zip(before.shards, builds.manifest().shards, strict=True)):
        assert (one == other) == (place not in touched)
    assert new in builds.generation().store.document_ids()
    assert old not in builds.generation().store.document_ids()


@pytest.mark.usefixtures("four_shards")
def test_reverting_an_edit_writes_no_shard(builds: Builds) -> None:
    """Shards of every kept generation are offered, not only of the current one."""
    first = builds.of(LIBRARY)
    builds.of(LIBRARY | {"papers/7.md": "Changed."})
    assert builds.encoding(LIBRARY) == 0
    third = builds.manifest()
    assert third.generation != first.generation
    assert third.shards == first.shards
    builds.generation()


def test_a_growing_corpus_gets_more_shards_and_nothing_is_parsed_or_encoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing, anew = (Builds(tmp_path / name, tmp_path / f"index of {name}") for name in ("growing", "anew"))
    growing.of(LIBRARY)
    larger = LIBRARY | {"papers/40.md": a_document(40)}
    parsed = note_parsed(monkeypatch)
    growing.layout = anew.layout = in_shards(8)
    encoded = growing.encoding(larger)
    assert encoded == read_files(growing.shard(shard_of("papers/40", 8)))["papers/40.md"].passages
    assert parsed == ["papers/40.md"]
    assert len(growing.manifest().shards) == 8
    anew.of(larger)
    check_that_they_are_equal(growing, anew)


@pytest.mark.usefixtures("four_shards")
def test_a_reused_document_keeps_its_original_and_glyphs(builds: Builds) -> None:
    builds.layout = in_shards(1)
    wells = pdf(text("The well is forty metres deep.")).decode("ascii")
    builds.of({"wells.pdf": wells, "a.md": "Norms guide states."})
    before = builds.generation().store.original("wells.pdf")
    assert before
    assert before.glyphs
    builds.of({"wells.pdf": wells, "a.md": "Norms guide firms."})
    assert builds.generation().store.original("wells.pdf") == before
    builds.of({"wells.pdf": wells, "a.md": "Norms guide firms."}, full=True)
    assert builds.generation().store.original("wells.pdf") == before
    assert builds.current_build().files["wells.pdf"].glyph_map_bytes == len(before.glyphs)


def test_a_passage_in_two_shards_is_encoded_once(builds: Builds) -> None:
    text = "# Norms\n\nStates agree on norms."
    copies = {f"{name}.md": text for name in "abcdefgh"}
    assert len({shard_of(name, 4) for name in "abcdefgh"}) > 1
    assert builds.encoding(copies) == 1
    assert builds.manifest().passages == 8
    generation = builds.generation()
    assert all(np.array_equal(generation.dense.vector(n), generation.dense.vector(0)) for n in range(8))


@pytest.mark.usefixtures("four_shards")
def test_a_damaged_shard_is_rewritten_and_the_others_are_reused(builds: Builds) -> None:
    """Nothing of it is reused; its documents are read from the files and encoded again."""
    before = builds.of(LIBRARY)
    place = shard_of("papers/7", 4)
    flip_a_bit(builds.shard(place) / "texts.sqlite", 0.5)
    assert builds().written
    after = builds.manifest()
    for item, (one, other) in enumerate(zip(before.shards, after.shards, strict=True)):
        assert (one == other) == (item != place)
    assert after.shards[place].key == before.shards[place].key
    assert builds.generation().store.document_ids() == sorted(
        name.removesuffix(".md") for name in LIBRARY if name != "empty.md"
    )


TEXTS = [
    "Norms guide states.",
    "Norms guide states. Hotlines help.",
    "# Law\n\nTreaties bind.\n\n## Trust\n\nFirms report.",
    "# Law\n\nTreaties bind.\n\n## Trust\n\nFirms report crises.",
    "",
]
NAMES = ["a.md", "b.md", "c.txt", "sub/a.md", "sub/d.md"]
STATES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TEXTS), min_size=1).filter(
    lambda files: any(files.values())
)


@st.composite
def next_states(draw: st.DrawFn, files: dict[str, str]) -> dict[str, str]:
    """A file is added or changed, removed, renamed or copied, or the corpus is another one altogether."""
    name, there = draw(st.sampled_from(NAMES)), draw(st.sampled_from(sorted(files)))
    how = draw(st.sampled_from(["write", "remove", "rename", "copy", "replace"]))
    if how == "replace":
        return draw(STATES)
    after = dict(files)
    if how == "write":
        after[name] = draw(st.sampled_from(TEXTS))
    if how in ("rename", "copy"):
        after[name] = files[there]
    if how in ("rename", "remove") and there != name:
        del after[there]
    return after if any(after.values()) else files


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, str]]:
    states = [draw(STATES)]
    for _ in range(draw(st.integers(1, 4))):
        states.append(draw(next_states(states[-1])))
    return states


@settings(max_examples=15)
@given(histories(), st.sampled_from([1, 40, 200]))
def test_3_after_any_edits_an_incremental_index_equals_a_full_one(
    states: list[dict[str, str]], shard_bytes: int
) -> None:
    """However often the number of shards changes; and only unseen passages were encoded on the way."""
    with here() as place:
        folder, layout = place.corpus.parent, ShardLayout(shard_bytes, max_shards=4)
        edited, anew = (
            Builds(folder / name, folder / f"index of {name}", 64, layout) for name in ("edited", "anew")
        )
        seen: set[bytes] = set()
        for state in states:
            edited.write(state)
            built = edited(keep=9)
            keys = keys_of(edited)
            assert built.report.encoded == len(keys - seen)
            seen |= keys
        assert edited.encoder.encoded == len(seen)
        anew.of(states[-1])
        check_that_they_are_equal(edited, anew)


def keys_of(builds: Builds) -> set[bytes]:
    """The vector keys of the current generation."""
    places = range(len(builds.manifest().shards))
    return {key for place in places for key in np.load(builds.shard(place) / "keys.npy")["key"].tolist()}
