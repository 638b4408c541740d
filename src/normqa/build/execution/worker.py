"""Load, split and encode in one process, with one encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from normqa.build.encoding.encode import PassageVectors, encode, vector_key
from normqa.build.plan import PlannedFile
from normqa.build.reuse import SplitDocument
from normqa.datatypes import EmbeddedText
from normqa.index.entries import Original
from normqa.index.report import FileEntry
from normqa.models.protocols import Advance, Encoder
from normqa.split import Splitter


@dataclass(frozen=True, slots=True)
class SplitFile:
    """What a file gives.

    Attributes:
        entry: What the index lists of the file.
        document: Its document with passages; None if it gives none.
        keys: Vector key of each passage.
    """

    entry: FileEntry
    document: SplitDocument | None = None
    keys: Sequence[bytes] = ()


class Worker:
    """Loads, splits and encodes. The constructor loads the tokenizer.

    Args:
        encoder: Decides how long passages are, and encodes them.

    Attributes:
        splitter: Splits documents for the encoder.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.splitter = Splitter(encoder.count_tokens, encoder.max_tokens)

    def load(self, file: PlannedFile) -> SplitFile:
        """Load and split a file whose content was read. Everything that is wrong with it is reported."""
        assert file.content is not None  # noqa: S101 - see above
        loaded = file.source.load(file.content)
        problem = loaded.problem.reason if loaded.problem else None
        if loaded.document is None:
            return SplitFile(FileEntry(sha256=file.sha256, problem=problem))
        glyphs = loaded.glyphs.to_bytes() if loaded.glyphs else None
        original = Original(file.source.name, file.sha256, glyphs)
        split = SplitDocument(loaded.document, self.splitter.split(loaded.document), original)
        entry = FileEntry(
            sha256=file.sha256,
            document=split.document.id,
            text_sha256=split.document.sha256,
            characters=len(split.document.text),
            passages=len(split.passages),
            glyph_map_bytes=len(glyphs or b""),
            problem=problem,
        )
        return SplitFile(entry, split, self.keys(split))

    def keys(self, split: SplitDocument) -> list[bytes]:
        """Return the vector key of each passage of a document."""
        texts = (self.splitter.embedded_text(split.document, passage) for passage in split.passages)
        return [vector_key(text, self._encoder) for text in texts]

    def encode(
        self, texts: Mapping[bytes, EmbeddedText], advance: Advance = lambda _: None
    ) -> dict[bytes, PassageVectors]:
        """Encode texts by key; see :func:`normqa.build.encoding.encode.encode`."""
        return encode(texts, self._encoder, advance)
