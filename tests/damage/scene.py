"""A corpus of which every sentence tells its edition, an index of it, and what must hold after any damage."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from normqa.datatypes import Answer
from normqa.errors import NormqaError
from normqa.index.history import generations
from normqa.models import exported
from normqa.models.exported import ExportedEncoder
from normqa.models.sentence_transformer import SentenceTransformerEncoder
from normqa.service import Service
from tests.build.builds import Builds, Files, in_shards, names_in
from tests.conftest import TINY_ENCODER, asking
from tests.test_invariants import MEMORY

QUESTION = "How many hotlines do states keep?"


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder in memory if possible, also for temporary files."""
    memory = tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True)
    with memory as here, mock.patch.object(tempfile, "tempdir", here):
        yield Path(here)


class Scene:
    """A corpus, its index, a cache of exported models and a folder for temporary files.

    Args:
        folder: Contains all of them.
    """

    def __init__(self, folder: Path) -> None:
        for name in ("corpus", "cache", "temporary"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.builds = Builds(folder / "corpus", folder / "index", 64, in_shards(4))

    def copy(self, folder: Path) -> "Scene":
        """Copy everything, with the times of the files."""
        shutil.copytree(self.folder, folder)
        return Scene(folder)

    def use_temporary_folder(self) -> None:
        """Let this process write its temporary files into the scene."""
        os.environ["TMPDIR"], tempfile.tempdir = str(self.folder / "temporary"), None

    @staticmethod
    def files(edition: int) -> Files:
        """Return an edition of the corpus. A third document is in every other edition."""
        files = {
            "a.md": f"# Hotlines\n\nStates keep {edition} hotlines.\n",
            "h.md": "Norms guide states.\n",
            "d.md": f"In edition {edition}, states drop hotlines.\n",
        }
        return files if edition % 2 else {name: files[name] for name in ("a.md", "h.md")}

    def write(self, edition: int) -> None:
        """Make the corpus this edition."""
        self.builds.write(self.files(edition))

    def build(self, edition: int | None = None, *, full: bool = False, keep: int = 2) -> None:
        """Build, after writing an edition if one is given."""
        if edition is not None:
            self.write(edition)
        self.builds(full=full, keep=keep)

    def service(self) -> Service:
        """Return a service that has opened nothing yet."""
        return self.builds.service()

    def ask(self) -> Answer:
        """Ask a fresh service for everything that it would quote."""
        return self.service().ask(asking(QUESTION, 20))

    def export(self) -> None:
        """Export a model into the cache unless it is there."""
        with (
            mock.patch.object(exported, "export_encoder", _write_export),
            mock.patch.object(exported, "check_same_vectors"),
        ):
            model = mock.Mock(SentenceTransformerEncoder, fingerprint="tiny", max_tokens=64)
            model.name = "tiny"
            encoder = ExportedEncoder(model, self.folder / "cache")
            assert encoder.fingerprint.startswith("onnx ")

    def faults_of(self, answer: Answer, edition: int, *, rolled_back: bool = False) -> list[str]:
        """Return what is wrong with an answer that must quote an edition."""
        quoted = {quote.text for quote in (*answer.quotes, *answer.near_misses)}
        own = {text.strip().rpartition("\n")[2] for text in self.files(edition).values()}
        wrong = []
        if not answer.quotes or not quoted <= own:
            wrong.append(f"quoted {sorted(quoted)} instead of edition {edition}")
        if answer.warning:
            wrong.append(f"warned: {answer.warning}")
        if answer.rolled_back != rolled_back:
            wrong.append(f"said that the rollback is {answer.rolled_back}")
        return wrong

    def faults_of_recovery(self, edition: int) -> list[str]:
        """Build until something is written, and return what is wrong then with the index and its folders.

        Temporary folders are removed when they are an hour old.
        """
        for path in (self.folder / "temporary").iterdir():
            os.utime(path, times=(0, 0))
        try:
            self.build(edition)
            wrong = self.faults_of(self.ask(), edition)
            self.build(full=True)
            wrong += self.faults_of(self.ask(), edition)
            self.export()
        except NormqaError as error:
            return [f"no recovery: {error}"]
        stray = names_in(self.builds.index) - {"CURRENT", ".lock", "generations", "shards"}
        stray |= self.builds.shards() ^ self.builds.named_shards()
        stray |= {path.name for path in (self.folder / "temporary").glob("normqa-*")}
        damaged = [str(kept.fault) for kept in generations(self.builds.folder, whole=True) if kept.fault]
        kept, exports = len(self.builds.generations()), names_in(self.folder / "cache") - {".lock"}
        wrong += [f"left {name}" for name in sorted(stray)] + damaged
        wrong += [f"kept {kept} generations"] * (kept != 2) + [f"left {exports}"] * (len(exports) != 1)
        return wrong


def _write_export(_: object, folder: Path) -> None:
    folder.mkdir()
    for path in sorted(TINY_ENCODER.iterdir()):
        shutil.copyfile(path, folder / path.name)
