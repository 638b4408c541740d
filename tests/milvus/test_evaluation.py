"""Collections are measured in Milvus Lite as in a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from normqa.answer.pipeline import AnswerPipeline
from normqa.build.progress import NoProgress
from normqa.datatypes import Metadata
from normqa.evaluate.ranking import rank_documents
from normqa.evaluate.workspace import open_collection
from normqa.load.text.plain_text import load_text
from normqa.models.hashing import HashingEncoder
from normqa.settings import Settings
from normqa.storage.home import IndexHome
from normqa.storage.open import open_home
from tests.conftest import hashing_models

BIRDS = [
    load_text(name, text, Metadata())
    for name, text in (
        ("heron", "Herons wade."),
        ("pelican", "Pelicans dive for herring."),
        ("tern", "Terns dive."),
    )
]


@pytest.fixture
def lite(_pymilvus: None, tmp_path: Path) -> Iterator[IndexHome]:
    """A Milvus Lite file."""
    from milvus_lite.server_manager import server_manager_instance

    file = tmp_path / "birds.db"
    yield open_home(Settings(index=str(file), cache=tmp_path / "cache"))
    server_manager_instance.release_server(str(file))


def test_collection_ranks_the_same_in_milvus_with_the_vectors_of_the_folder(
    lite: IndexHome, tmp_path: Path
) -> None:
    first, second = HashingEncoder(), HashingEncoder()
    work = tmp_path / "work"
    folder = open_collection("birds", BIRDS, first, work, NoProgress())
    milvus = open_collection("birds", BIRDS, second, work, NoProgress(), lite)
    assert (first.encoded, second.encoded) == (3, 0)
    assert len(list(work.iterdir())) == 1
    one, other = (AnswerPipeline(backend, hashing_models(first)) for backend in (folder, milvus))
    for question in ("who dives", "herring", "what wades"):
        assert rank_documents(question, one) == rank_documents(question, other)


def test_another_collection_replaces_the_index(lite: IndexHome, tmp_path: Path) -> None:
    for documents in (BIRDS, BIRDS[:1]):
        backend = open_collection("birds", documents, HashingEncoder(), tmp_path / "work", NoProgress(), lite)
        assert backend.store.document_ids() == [document.id for document in documents]
