"""How the index stands against the corpus."""

from dataclasses import dataclass
from pathlib import Path

from normqa.build.build import corpus_state
from normqa.index.generation import checked_manifest, current, files_of, generation_folder, inputs_of
from normqa.index.manifest import Manifest
from normqa.index.plan import CorpusDiff, diff_corpus
from normqa.index.report import Report
from normqa.models.protocols import Encoder


@dataclass(frozen=True, slots=True)
class Status:
    """The index, held against the corpus.

    Attributes:
        manifest: Of the generation in force.
        rolled_back: Whether somebody went back to it by hand.
        report: What its build did.
        drift: What differs now.
    """

    manifest: Manifest
    rolled_back: bool
    report: Report
    drift: CorpusDiff


def status_of(
    corpus: Path, index: Path, encoder: Encoder, max_file_bytes: int, exclude: tuple[str, ...] = ()
) -> Status:
    """Holds the index against the corpus.

    Args:
        corpus: Folder of documents.
        index: Folder of generations.
        encoder: What a build would encode with.
        max_file_bytes: Larger files are left out.
        exclude: Patterns of the names of files that are not read.

    Raises:
        IndexFault: If there is no usable index.
        CorpusMissing: If there is no corpus.
    """
    pointer = current(index)
    manifest = checked_manifest(index, pointer.name)
    now = corpus_state(corpus, encoder, max_file_bytes, exclude)
    report = Report.read(generation_folder(index, pointer.name))
    drift = diff_corpus(inputs_of(manifest, files_of(index, manifest)), now.recipe)
    return Status(manifest, pointer.rolled_back, report, drift)
