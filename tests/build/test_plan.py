"""What a build plans: which shards it reuses, and the bytes of which files it keeps."""

import hashlib
from dataclasses import dataclass, field
from random import Random

import pytest

from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import plan_shards, shard_key
from normqa.build.reuse import ReusableShards
from normqa.datatypes import Metadata
from normqa.index.manifest import Fingerprints
from normqa.index.shards import ShardLayout, shard_of
from normqa.load.content import Content
from normqa.load.loaded import Loaded
from normqa.load.problem import LoadError
from normqa.load.text.plain_text import load_text
from tests.build.builds import Builds, in_shards
from tests.conftest import MAX_FILE_BYTES

MADE_BY = Fingerprints(encoder="e", splitter="s", loader="l", lexical="x")
FILES = {"a.md": "1", "b.md": "2"}
KEY = shard_key(MADE_BY, FILES, 0, 2)


@pytest.mark.parametrize("name", list(Fingerprints.model_fields))
def test_a_shard_key_depends_on_every_fingerprint(name: str) -> None:
    assert shard_key(MADE_BY.model_copy(update={name: "other"}), FILES, 0, 2) != KEY


@pytest.mark.parametrize(
    ("files", "place", "count"),
    [
        ({"a.md": "1", "b.md": "3"}, 0, 2),
        ({"a.md": "1", "c.md": "2"}, 0, 2),
        ({"a.md": "1"}, 0, 2),
        (FILES | {"c.md": "3"}, 0, 2),
        (FILES, 1, 2),
        (FILES, 0, 4),
    ],
)
def test_a_shard_key_depends_on_files_place_and_count(files: dict[str, str], place: int, count: int) -> None:
    assert shard_key(MADE_BY, files, place, count) != KEY


def test_a_shard_key_does_not_depend_on_the_order_of_files() -> None:
    assert shard_key(MADE_BY, dict(reversed(FILES.items())), 0, 2) == KEY


@dataclass
class Text:
    """A file in memory that counts how often it is read."""

    name: str
    text: str
    reads: int = field(default=0)

    @property
    def id(self) -> str:
        return self.name

    @property
    def size(self) -> int:
        return len(self.text)

    def read(self) -> Content:
        self.reads += 1
        if not self.text:
            raise LoadError("it cannot be read (Permission denied)")
        return Content(self.text.encode())

    def load(self, content: Content) -> Loaded:
        return Loaded(load_text(self.name, content.body.decode(), Metadata()), None)


def test_every_file_is_read_once_and_planned_in_the_shard_of_its_document() -> None:
    texts = [Text(f"{number}.txt", f"Text {number}.") for number in range(20)]
    Random(1).shuffle(texts)
    plan = plan_shards(texts, MADE_BY, None, in_shards(4))
    assert [text.reads for text in texts] == [1] * 20
    assert plan.inputs.files == {text.name: hashlib.sha256(text.text.encode()).hexdigest() for text in texts}
    for place, shard in enumerate(plan.shards):
        names = [file.source.name for file in shard.files]
        assert names == sorted(text.id for text in texts if shard_of(text.id, 4) == place)
        assert (shard.place, shard.reused) == (place, None)
        hashes = {name: plan.inputs.files[name] for name in names}
        assert shard.key == shard_key(MADE_BY, hashes, place, 4)


def test_a_file_that_cannot_be_read_is_planned_with_its_error() -> None:
    plan = plan_shards([Text("a.txt", "")], MADE_BY, None, ShardLayout())
    [file] = plan.shards[0].files
    assert (file.sha256, file.content, file.error) == ("", None, "it cannot be read (Permission denied)")


def test_bytes_are_kept_only_of_files_that_must_be_parsed(builds: Builds) -> None:
    texts = {f"{number}.txt": f"Text {number}." for number in range(8)}
    builds.layout = in_shards(2)
    builds.of(texts)
    fingerprints = fingerprints_of(builds.encoder, MAX_FILE_BYTES)
    edited = [Text(name, text + " Edited." * (name == "3.txt")) for name, text in texts.items()]
    plan = plan_shards(edited, fingerprints, ReusableShards(builds.folder, fingerprints), builds.layout)
    place = shard_of("3.txt", 2)
    assert [shard.reused is None for shard in plan.shards] == [n == place for n in range(2)]
    content = {file.source.name: file.content for file in plan.shards[place].files}
    assert content.pop("3.txt") == Content(b"Text 3. Edited.")
    assert content
    assert set(content.values()) == {None}
