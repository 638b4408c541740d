"""Export and import: what arrives, and what is refused."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from normqa.errors import ArchiveOutdated, ArchiveUnusable, EncoderMismatch, OutputNotWritable
from normqa.index.manifest import MANIFEST
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models, tiny_models

QUESTION = "What does the pelican eat?"


def service_in(folder: Path, **files: str) -> Service:
    """A service with an index of these documents, if there are any."""
    for name, text in files.items():
        path = folder / "corpus" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    service = Service(Settings(corpus=folder / "corpus", index=folder / "index"), covering_models())
    if files:
        service.build()
    return service


@pytest.fixture
def source(tmp_path: Path) -> Service:
    return service_in(tmp_path / "source", a="The pelican eats herring.", b="The walrus sleeps.")


@pytest.fixture
def target(tmp_path: Path) -> Service:
    return service_in(tmp_path / "target")


@pytest.fixture
def archive(source: Service, tmp_path: Path) -> Path:
    return source.export(tmp_path / "file.normqa")[1]


def rewritten(archive: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> Path:
    """Return a copy of an archive in which every file is replaced."""
    copy = archive.with_name("changed.normqa")
    with tarfile.open(archive) as old, tarfile.open(copy, "w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            for name, raw in change(member.name, content.read()):
                info = tarfile.TarInfo(name)
                info.size = len(raw)
                new.addfile(info, io.BytesIO(raw))
    return copy


def forged(raw: bytes, change: Callable[[dict[str, object]], None]) -> bytes:
    """Return a manifest with a change and a right digest."""
    from normqa.index.manifest import Manifest

    content = json.loads(raw)
    content.pop("sha256")
    change(content)
    digest = hashlib.sha256(Manifest.model_validate(content).model_dump_json().encode()).hexdigest()
    return json.dumps({"sha256": digest, **content}).encode()


def assert_untouched(folder: Path) -> None:
    """Check that an import has left nothing but a lock."""
    left = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert [name for name in left if not name.startswith(".lock")] == []


def test_import_answers_as_the_source_does(source: Service, target: Service, archive: Path) -> None:
    manifest = target.import_generation(archive)
    assert target.ask(QUESTION).quotes == source.ask(QUESTION).quotes
    assert target.generation().manifest == source.generation().manifest == manifest
    assert [info.fault for info in target.generations()] == [None]


def test_equal_generations_give_equal_files(source: Service, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    _, named = source.export(tmp_path / "more")
    assert named.name == f"{source.generation().name}.normqa"
    assert named.read_bytes() == archive.read_bytes()


def test_second_import_changes_nothing(target: Service, archive: Path) -> None:
    name = target.import_generation(archive).generation
    assert target.import_generation(archive).generation == name
    assert [info.name for info in target.generations()] == [name]


def test_shards_that_are_here_stay(source: Service, target: Service, archive: Path, tmp_path: Path) -> None:
    target.import_generation(archive)
    (source.settings.corpus / "c.md").write_text("The heron wades.", encoding="utf-8")
    source.build()
    target.import_generation(source.export(tmp_path / "next.normqa")[1])
    assert target.generation().name == source.generation().name
    assert len(target.generations()) == 2


def test_older_generation_is_a_rollback(
    source: Service, target: Service, archive: Path, tmp_path: Path
) -> None:
    (source.settings.corpus / "a.md").write_text("The pelican eats squid.", encoding="utf-8")
    source.build()
    target.import_generation(source.export(tmp_path / "next.normqa")[1])
    with pytest.raises(ArchiveOutdated):
        target.import_generation(archive)
    assert not target.ask(QUESTION).rolled_back
    target.import_generation(archive, allow_older=True)
    answer = target.ask(QUESTION)
    assert (answer.rolled_back, answer.quotes[0].text) == (True, "The pelican eats herring.")


@pytest.mark.parametrize("place", range(0, 100, 7))
def test_damage_is_refused_wherever_it_is(target: Service, archive: Path, place: int) -> None:
    """A flipped bit either is in padding, and changes nothing, or the archive is refused."""
    raw = bytearray(archive.read_bytes())
    raw[len(raw) * place // 100] ^= 1
    archive.write_bytes(raw)
    try:
        target.import_generation(archive)
    except ArchiveUnusable:
        assert_untouched(target.settings.index_folder)
    else:
        assert [info.fault for info in target.generations()] == [None]


@pytest.mark.parametrize("share", [0, 1, 30, 60, 80])
def test_incomplete_archive_is_refused(target: Service, archive: Path, share: int) -> None:
    raw = archive.read_bytes()
    archive.write_bytes(raw[: len(raw) * share // 100])
    with pytest.raises(ArchiveUnusable):
        target.import_generation(archive)
    assert_untouched(target.settings.index_folder)


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "generation/../../evil", "shards/x/evil", "evil"])
def test_file_that_the_manifest_does_not_list_is_refused(target: Service, archive: Path, name: str) -> None:
    changed = rewritten(archive, lambda own, raw: [(own, raw), (name, b"x")])
    with pytest.raises(ArchiveUnusable, match="does not list"):
        target.import_generation(changed)
    assert_untouched(target.settings.index_folder)
    assert not list(archive.parent.rglob("evil"))


@pytest.mark.parametrize(
    "name", ["../evil", "/tmp/evil", "a/../../evil", "..", "", "a//b", ".hidden", "a\\b", "a\0", MANIFEST]
)
def test_name_that_leads_out_is_refused_even_if_the_manifest_lists_it(
    target: Service, archive: Path, name: str
) -> None:
    def change(content: dict[str, object]) -> None:
        content["parts"] = {name: {"size": 1, "modified": 0, "sha256": hashlib.sha256(b"x").hexdigest()}}

    changed = rewritten(archive, lambda own, raw: [(own, forged(raw, change) if own == MANIFEST else raw)])
    with pytest.raises(ArchiveUnusable):
        target.import_generation(changed)
    assert_untouched(target.settings.index_folder)


@pytest.mark.parametrize("name", ["..", ".", "../../x", "000001-20260101T000000.000000Z-0/.."])
def test_generation_and_shards_have_names_that_builds_give(target: Service, archive: Path, name: str) -> None:
    def rename(content: dict[str, object]) -> None:
        content["generation"] = name

    changed = rewritten(archive, lambda own, raw: [(own, forged(raw, rename) if own == MANIFEST else raw)])
    with pytest.raises(ArchiveUnusable):
        target.import_generation(changed)
    assert_untouched(target.settings.index_folder)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(target: Service, archive: Path, kind: bytes) -> None:
    copy = archive.with_name("links.normqa")
    with tarfile.open(archive) as old, tarfile.open(copy, "w") as new:
        for member in old:
            if member.name == MANIFEST:
                new.addfile(member, old.extractfile(member))
            else:
                member.type, member.linkname, member.size = kind, "/etc/passwd", 0
                new.addfile(member)
    with pytest.raises(ArchiveUnusable):
        target.import_generation(copy)
    assert_untouched(target.settings.index_folder)


def test_other_encoder_is_refused(archive: Path, tmp_path: Path) -> None:
    other = Service(Settings(corpus=tmp_path / "none", index=tmp_path / "other"), tiny_models())
    with pytest.raises(EncoderMismatch):
        other.import_generation(archive)


def test_missing_archive_creates_no_index(target: Service, tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable):
        target.import_generation(tmp_path / "none.normqa")
    assert not target.settings.index_folder.exists()


def test_export_cannot_be_read_by_more_users_than_the_index(source: Service, tmp_path: Path) -> None:
    source.settings.index_folder.chmod(0o700)
    _, path = source.export(tmp_path / "private.normqa")
    assert path.stat().st_mode & 0o777 == 0o600


def test_folder_that_cannot_be_written_is_reported(source: Service, tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable):
        source.export(tmp_path / "none" / "file.normqa")
