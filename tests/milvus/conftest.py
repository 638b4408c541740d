"""The same documents in a folder and in Milvus Lite."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from normqa.extras import MILVUS
from normqa.index.milvus.address import Access, MilvusAddress
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.index import MilvusIndex
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.milvus.proxy import Proxy

FILES = {
    "birds/heron.md": "---\ntopics: [Birds]\nsource: Field Guide\ndate: 2021-05-01\n---\n"
    "# Herons\n\nThe heron wades in shallow water. It eats herring and frogs.\n\n"
    "## Nests\n\nHerons nest in tall trees.\n",
    "birds/pelican.md": "---\ntopics: [Birds]\ndate: 2023-01-01\n---\n# Pelicans\n\n"
    "The pelican eats herring. The International Pelican Fund (IPF) protects it.\n",
    "fish.md": "---\naudience: [hr]\n---\n# Fish\n\nThe zebrafish is paid by the Zonal Budget Fund (ZBF).\n\n"
    "The pelican knows the zebrafish.\n",
    "list.md": "# Duties\n\nThe keeper has three duties:\n\n"
    "- feed the walrus\n- clean the pool\n- count the penguins\n",
}


@dataclass(frozen=True)
class Lab:
    """A corpus, and services whose index is in a folder and in a Milvus Lite file."""

    corpus: Path
    database: Path
    folder: Service
    milvus: Service
    make: Callable[[str], Service]

    @property
    def index(self) -> MilvusIndex:
        """The generations in the Milvus Lite file."""
        return MilvusIndex(Milvus(Access(MilvusAddress(str(self.database)))))

    def write(self, name: str, text: str) -> None:
        """Write a file of the corpus."""
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make_lab(root: Path) -> Lab:
    """Build both indexes."""
    corpus, database = root / "corpus", root / "index.db"

    def make(index: str) -> Service:
        settings = Settings(
            corpus=corpus,
            index=index,
            cache=root / "cache",
            keep_generations=2,
            keep_days=0,
            milvus_seconds=5,
        )
        return Service(settings, covering_models())

    lab = Lab(corpus, database, make(str(root / "index")), make(str(database)), make)
    for name, text in FILES.items():
        lab.write(name, text)
    lab.folder.build()
    lab.milvus.build()
    return lab


@pytest.fixture(scope="session")
def _pymilvus() -> None:
    """Skip a test where the optional dependencies are missing."""
    if not MILVUS.is_installed:
        pytest.skip("needs normqa[milvus]")


@pytest.fixture(scope="session")
def shared(_pymilvus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Indexes that tests only read."""
    yield from _lab(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def lab(_pymilvus: None, tmp_path: Path) -> Iterator[Lab]:
    """Indexes of one test."""
    yield from _lab(tmp_path)


@pytest.fixture
def proxy(lab: Lab) -> Iterator[Proxy]:
    """A connection to the Milvus Lite file as a server."""
    from milvus_lite.server_manager import server_manager_instance

    address = server_manager_instance.start_and_get_uri(str(lab.database))
    assert address
    with Proxy(int(address.rpartition(":")[2])) as proxy:
        yield proxy


def _lab(root: Path) -> Iterator[Lab]:
    from milvus_lite.server_manager import server_manager_instance

    lab = make_lab(root)
    yield lab
    server_manager_instance.release_server(str(lab.database))
