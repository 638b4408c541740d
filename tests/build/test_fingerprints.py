"""Everything that decides an index is in its fingerprints: if one changes, no shard is reused."""

from importlib import metadata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.build.build import BuildOptions, build_index
from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import Corpus
from normqa.build.progress import NoProgress, TimedProgress
from normqa.build.reuse import ReusableShards
from normqa.index.analyzer import LANGUAGE, QUESTION_WORDS, analyzer_fingerprint
from normqa.index.lexical import HEADINGS_WEIGHT, TITLE_WEIGHT, lexical_fingerprint
from normqa.index.manifest import Fingerprints, Manifest
from normqa.models.hashing import HashingEncoder
from tests.build.builds import Builds
from tests.conftest import MAX_FILE_BYTES

FILES = {"a.md": "States agree on norms.", "b.md": "Hotlines help."}
NAMES = list(Fingerprints.model_fields)


@given(st.sets(st.sampled_from(NAMES)), st.text(max_size=4))
def test_a_shard_is_reused_only_if_no_fingerprint_changed(
    builds: Builds, changed: set[str], suffix: str
) -> None:
    if not (builds.index / "CURRENT").exists():
        builds.of(FILES)
    used = fingerprints_of(builds.encoder, MAX_FILE_BYTES)
    now = used.model_copy(update={name: getattr(used, name) + suffix for name in changed})
    reusable = ReusableShards(builds.folder, now)
    entry = builds.current_build().files["a.md"]
    key = builds.manifest().shards[0].key
    is_same = not changed or not suffix
    assert (reusable.shard(key) is not None) == is_same
    assert reusable.contains("a.md", entry.sha256) == is_same


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_fingerprint_rewrites_every_shard(name: str, builds: Builds) -> None:
    """The report names it. Vectors are reused, for their keys name the encoder themselves."""
    before = builds.of(FILES)
    now = before.fingerprints.model_copy(update={name: "other"})
    options = BuildOptions(MAX_FILE_BYTES, keep=3)
    with builds.folder.build_lock():
        built = build_index(
            Corpus.scan(builds.corpus, MAX_FILE_BYTES),
            now,
            builds.folder,
            builds.encoder,
            options,
            TimedProgress(NoProgress()),
        )
    assert built.written
    assert built.report.update.settings == (name,)
    assert isinstance(built.manifest, Manifest)
    assert built.manifest.fingerprints == now
    assert {s.name for s in built.manifest.shards}.isdisjoint(s.name for s in before.shards)


def test_every_part_of_the_pipeline_has_a_fingerprint() -> None:
    fingerprints = fingerprints_of(HashingEncoder(), MAX_FILE_BYTES)
    assert fingerprints.encoder == HashingEncoder().fingerprint
    assert "sentencex" in fingerprints.splitter
    assert str(MAX_FILE_BYTES) in fingerprints.loader
    assert fingerprints.lexical == lexical_fingerprint()


def test_the_lexical_fingerprint_names_analyzer_and_weights() -> None:
    others = [
        lexical_fingerprint(title_weight=TITLE_WEIGHT + 1),
        lexical_fingerprint(headings_weight=HEADINGS_WEIGHT + 1),
        lexical_fingerprint(analyzer_used=analyzer_fingerprint("german")),
        lexical_fingerprint(analyzer_used=analyzer_fingerprint(LANGUAGE, QUESTION_WORDS[1:])),
    ]
    assert len({lexical_fingerprint(), *others}) == 1 + len(others)
    assert f"tantivy/{metadata.version('tantivy')}" in lexical_fingerprint()
