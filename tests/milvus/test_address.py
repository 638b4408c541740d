"""The setting ``index``: a folder, a server or a file of Milvus Lite."""

from pathlib import Path

import pytest

from normqa.errors import InvalidSettings
from normqa.index.milvus import names
from normqa.index.milvus.address import MilvusAddress
from normqa.settings import read_settings


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("index", Path("index")),
        (Path("index.db"), Path("index.db")),
        ("/var/lib/index", Path("/var/lib/index")),
        ("index.db", MilvusAddress("index.db")),
        ("/var/lib/index.db", MilvusAddress("/var/lib/index.db")),
        ("milvus+http://host:19530", MilvusAddress("http://host:19530")),
        ("milvus+http://host:19530/", MilvusAddress("http://host:19530")),
        ("milvus+https://host/docs", MilvusAddress("https://host", "docs")),
        ("milvus+http://[::1]:19530/docs", MilvusAddress("http://[::1]:19530", "docs")),
    ],
)
def test_address_is_told_from_a_folder(index: str | Path, expected: Path | MilvusAddress) -> None:
    assert read_settings(index=index).index == expected


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        ("http://host:19530", "begins with milvus+http"),
        ("milvus+grpc://host:19530", "begins with milvus+http"),
        ("milvus+http://root:secret@host:19530", "milvus_password"),
        ("milvus+http://host:19530/a/b", "like milvus+http"),
        ("milvus+http://host:19530/a?b=c", "like milvus+http"),
        ("milvus+http:///a", "like milvus+http"),
    ],
)
def test_malformed_address_is_refused(index: str, reason: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        read_settings(index=index)
    assert reason in refused.value.message
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["milvus+https://host/docs", "milvus+http://host:19530", "a.db"])
def test_address_reads_as_it_was_written(text: str) -> None:
    assert str(MilvusAddress.parse(text)) == text


def test_each_address_has_a_folder_of_its_own_on_this_machine(tmp_path: Path) -> None:
    one, other = (
        read_settings(index=f"milvus+http://host/{name}", cache=tmp_path).index_folder for name in "ab"
    )
    assert one != other
    assert one.is_relative_to(tmp_path)


def test_collections_name_their_generation() -> None:
    name = "000042-20261128T101500.000000Z"
    for collection in (names.passages_of(name), names.cells_of(name)):
        assert collection.replace("_", "").isalnum()
        assert names.generation_of(collection) == name
    assert names.generation_of("another") is None
