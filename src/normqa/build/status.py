"""Compare the index with the corpus."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import Corpus, read_inputs
from normqa.index.backend import GenerationManifest
from normqa.index.folder import IndexFolder
from normqa.index.report import BuildInputs, CorpusDiff, FileEntry, Report, diff_corpus
from normqa.models.protocols import Encoder

if TYPE_CHECKING:
    from normqa.index.manifest import Manifest

M_co = TypeVar("M_co", bound=GenerationManifest, covariant=True)


@dataclass(frozen=True, slots=True)
class CurrentBuild(Generic[M_co]):
    """The current generation, checked, and the files it was made of.

    Attributes:
        manifest: Its manifest.
        files: The files it was made of, by name.
        rolled_back: Whether an administrator rolled back to it.
    """

    manifest: M_co
    files: dict[str, FileEntry]
    rolled_back: bool

    @staticmethod
    def read(folder: IndexFolder) -> "CurrentBuild[Manifest]":
        """Read and check the current generation.

        Raises:
            IndexFault: If there is none, or it is damaged.
        """
        pointer = folder.current()
        manifest = folder.checked_manifest(pointer.name)
        return CurrentBuild(manifest, folder.files_of(manifest), pointer.rolled_back)

    @property
    def inputs(self) -> BuildInputs:
        """Everything that determined it."""
        hashes = {name: entry.sha256 for name, entry in self.files.items()}
        return BuildInputs(self.manifest.fingerprints, hashes)


@dataclass(frozen=True, slots=True)
class Status:
    """The current generation, compared with the corpus.

    Attributes:
        manifest: Its manifest.
        rolled_back: Whether an administrator rolled back to it.
        report: What its build did.
        drift: How the corpus differs now.
        glyph_map_bytes: Size of the maps from the texts of PDF files to the glyphs on their pages.
    """

    manifest: GenerationManifest
    rolled_back: bool
    report: Report
    drift: CorpusDiff
    glyph_map_bytes: int = 0


def status_of(
    corpus: Path, folder: IndexFolder, encoder: Encoder, max_file_bytes: int, exclude: tuple[str, ...] = ()
) -> Status:
    """Compare the index with the corpus.

    Args:
        corpus: Folder of documents.
        folder: Folder of generations.
        encoder: The encoder in use.
        max_file_bytes: Larger files are skipped.
        exclude: Patterns of the names of files to skip.

    Raises:
        IndexFault: If there is no usable index.
        CorpusMissing: If there is no corpus folder.
    """
    current = CurrentBuild.read(folder)
    report = Report.read(folder.generation(current.manifest.generation))
    return compare(current, report, corpus, encoder, max_file_bytes, exclude)


def compare(
    current: CurrentBuild[GenerationManifest],
    report: Report,
    corpus: Path,
    encoder: Encoder,
    max_file_bytes: int,
    exclude: tuple[str, ...],
) -> Status:
    """Compare a generation with the corpus; see :func:`status_of`.

    Args:
        current: The current generation.
        report: What its build did.
        corpus: Folder of documents.
        encoder: The encoder in use.
        max_file_bytes: Larger files are skipped.
        exclude: Patterns of the names of files to skip.
    """
    sources = Corpus.scan(corpus, max_file_bytes, exclude).sources
    now = read_inputs(sources, fingerprints_of(encoder, max_file_bytes))
    drift = diff_corpus(current.inputs, now)
    glyph_map_bytes = sum(entry.glyph_map_bytes for entry in current.files.values())
    return Status(current.manifest, current.rolled_back, report, drift, glyph_map_bytes)
