"""Everything except the files of the corpus that determines an index."""

from normqa.index.lexical import lexical_fingerprint
from normqa.index.manifest import Fingerprints
from normqa.load.loaders import loader_fingerprint
from normqa.models.protocols import Encoder
from normqa.split import splitter_fingerprint


def fingerprints_of(encoder: Encoder, max_file_bytes: int) -> Fingerprints:
    """Return the current fingerprints of loaders, splitter, encoder and lexical index."""
    return Fingerprints(
        encoder=encoder.fingerprint,
        splitter=splitter_fingerprint(),
        loader=loader_fingerprint(max_file_bytes),
        lexical=lexical_fingerprint(),
    )
