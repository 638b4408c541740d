"""The lexical index: BM25 with English stemming, by tantivy.

BM25F as in Robertson, Zaragoza and Taylor 2004 (doi:10.1145/1031171.1031181), with tantivy's k1 = 1.2 and
b = 0.75: a word of a title or heading counts as so many words of the text, before frequencies saturate.
"""

import json
import math
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import tantivy

from normqa.errors import NoTemporaryFolder
from normqa.index.analyzer import analyzer, terms

NAME = "lexical"

_LISTING = "meta.json"
"""tantivy's own list of the segments in a folder."""

_ANALYZER = "normqa"
_WORDS = "words"
_PLACE = "place"
_ROW_BITS = 32
"""A place is that of the shard and, in so many bits, that of the passage in it."""

_TITLE_WEIGHT = 2
_HEADINGS_WEIGHT = 2
_HEAP_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """The words of one passage, by field, and the document that it is from."""

    document_id: str
    title: str
    headings: str
    text: str


class LexicalIndex:
    """An open lexical index; its entries carry the numbers of the passages.

    Args:
        index: Of all shards.
        sizes: How many passages each shard has; they are numbered through.
    """

    def __init__(self, index: tantivy.Index, sizes: Sequence[int]) -> None:
        index.register_tokenizer(_ANALYZER, analyzer())
        self.sizes = list(sizes)
        self._firsts = list(accumulate(sizes, initial=0))
        self._schema = index.schema
        self._searcher = index.searcher()

    @staticmethod
    def build(folder: Path, entries: Sequence[LexicalEntry], shard: int = 0) -> None:
        """Writes the index of a shard, in one segment, so that equal scores always rank alike.

        Args:
            folder: Where to.
            entries: Of its passages.
            shard: Its place among the shards of the generation.
        """
        schema = tantivy.SchemaBuilder()
        schema.add_text_field(_WORDS, tokenizer_name=_ANALYZER, index_option="freq")
        schema.add_text_field("document", tokenizer_name="raw", index_option="basic")
        schema.add_integer_field(_PLACE, stored=True, fast=True)
        (folder / NAME).mkdir()
        index = tantivy.Index(schema.build(), str(folder / NAME))
        index.register_tokenizer(_ANALYZER, analyzer())
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for number, entry in enumerate(entries):
            writer.add_document(
                tantivy.Document(
                    words="\n".join(
                        [
                            *[entry.title] * _TITLE_WEIGHT,
                            *[entry.headings] * _HEADINGS_WEIGHT,
                            entry.text,
                        ]
                    ),
                    document=entry.document_id,
                    place=shard << _ROW_BITS | number,
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        for path in (folder / NAME).glob(".*"):
            path.unlink()  # what tantivy needs only to write

    @classmethod
    def open(cls, folders: Sequence[Path]) -> "LexicalIndex":
        """Opens the index of a generation.

        To tantivy, an index is one folder: it gets one, for as long as it takes to open it, in which the
        segments of all shards are linked and listed. So their statistics are counted together.

        Args:
            folders: Of its shards.

        Raises:
            NoTemporaryFolder: If it cannot get one.
            OSError: If a file cannot be read.
            ValueError: If tantivy cannot read it.
        """
        try:
            listings = [json.loads((folder / NAME / _LISTING).read_bytes()) for folder in folders]
            segments = [segment for listing in listings for segment in listing["segments"]]
            sizes = [sum(segment["max_doc"] for segment in listing["segments"]) for listing in listings]
            files = [path for folder in folders for path in (folder / NAME).iterdir()]
            with _gathered(files, {**listings[0], "segments": segments}) as together:
                return cls(tantivy.Index.open(str(together)), sizes)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{_LISTING} lists no segments") from error
        except BaseException as error:
            if type(error).__module__ == "pyo3_runtime":  # a panic of tantivy's
                raise ValueError(f"{NAME} is damaged ({error})") from error
            raise

    @property
    def size(self) -> int:
        """How many passages it holds."""
        return self._searcher.num_docs

    def occurs(self, term: str) -> bool:
        """Whether any passage, heading or title has the term."""
        return bool(self._searcher.doc_freq(_WORDS, term))

    def idf(self, term: str) -> float:
        """Inverse document frequency of a term over the passages; highest for one that none has."""
        having = self._searcher.doc_freq(_WORDS, term)
        return math.log(1 + (self.size - having + 0.5) / (having + 0.5))

    def search(self, question: str, top_k: int, within: Sequence[str] | None = None) -> dict[int, float]:
        """BM25 scores of the passages that share content words with the question, best first.

        A word counts as often as the question has it.

        Args:
            question: What to search for.
            top_k: How many at most.
            within: Ids of the only documents that count; None for all.
        """
        wanted = Counter(terms(question))
        if not wanted:
            return {}
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, _WORDS, term, "freq"), float(times)
                ),
            )
            for term, times in sorted(wanted.items())
        ]
        query = tantivy.Query.boolean_query(clauses)
        if within is not None:
            members = tantivy.Query.term_set_query(self._schema, "document", list(within))
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(members, 0.0)),
                ]
            )
        found = self._searcher.search(query, limit=top_k, count=False).hits
        places = self._searcher.fast_field_values(_PLACE, [address for _, address in found])
        scores = [
            (self._number(int(place or 0)), float(score))
            for (score, _), place in zip(found, places, strict=True)
        ]
        return dict(sorted(scores, key=lambda each: (-each[1], each[0])))

    def _number(self, place: int) -> int:
        return self._firsts[place >> _ROW_BITS] + (place & (1 << _ROW_BITS) - 1)


@contextmanager
def _gathered(files: Iterable[Path], listing: object) -> Iterator[Path]:
    """A folder in which files are linked, with a listing of its own."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="normqa-"))
    except OSError as error:
        raise _no_folder(error) from error
    try:
        try:
            for path in files:
                if path.name != _LISTING and not path.name.startswith("."):
                    (folder / path.name).symlink_to(path.absolute())
            (folder / _LISTING).write_text(json.dumps(listing), encoding="utf-8")
        except OSError as error:
            raise _no_folder(error) from error
        yield folder
    finally:
        _remove(folder)


def _no_folder(error: OSError) -> NoTemporaryFolder:
    return NoTemporaryFolder(
        f"The index cannot be opened, as no temporary folder can be written ({error.strerror}).",
        "Free space in it, or set TMPDIR to another folder and start again.",
    )


def _remove(folder: Path) -> None:
    """Removes a folder into which tantivy, from a thread of its own, may write a lock just now."""
    for _ in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.01)
