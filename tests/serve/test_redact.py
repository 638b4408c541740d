"""Clients learn what is wrong with the index, and not where it is on this machine."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import normqa
from normqa.index.backend import OpenIndex
from normqa.index.folder import IndexFolder
from normqa.index.generation import open_current
from normqa.index.manifest import MANIFEST, MANIFEST_COPY
from normqa.models.hashing import HashingEncoder
from normqa.serve.redact import redact
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import WriteCorpus, damage, parts_in_force
from tests.serve.admin.administrator import Admin
from tests.serve.conftest import BROWSER, client_of

Make = Callable[..., Service]
ZOO = "The pelican eats herring.\n"


def _replies(client: TestClient) -> Iterator[str]:
    """The bodies of all public routes."""
    for path in (
        "/",
        "/?q=pelican",
        "/documents",
        "/documents/a",
        "/documents/a/text",
        "/health",
        "/nowhere",
    ):
        for headers in ({}, BROWSER):
            yield client.get(path, headers=headers).text
    for path in ("/conversation.json?q=pelican", "/conversation.md?q=pelican", "/answer?q=pelican", "/admin"):
        yield client.get(path).text
    yield client.post("/ask", json={"question": "pelican"}).text
    yield client.post("/verify", json={"text": "pelican"}).text


def _damage_text(index: Path) -> None:
    damage(parts_in_force(index)["texts.sqlite"])


def _damage_manifest(index: Path) -> None:
    for name in (MANIFEST, MANIFEST_COPY):
        for path in index.rglob(name):
            damage(path)


def _name_nothing(index: Path) -> None:
    (index / "CURRENT").write_text("000042-20261128T101500.000000Z\n")


def _remove_pointer(index: Path) -> None:
    (index / "CURRENT").unlink()


def _replace_pointer(index: Path) -> None:
    _remove_pointer(index)
    (index / "CURRENT").mkdir()


@pytest.mark.parametrize(
    "spoil", [_damage_text, _damage_manifest, _name_nothing, _remove_pointer, _replace_pointer]
)
def test_no_reply_contains_the_path_of_the_index(
    spoil: Callable[[Path], None], write_corpus: WriteCorpus, corpus: Path, index: Path
) -> None:
    write_corpus({"a.md": ZOO})
    Admin(corpus, index).service.build()
    spoil(index)
    client = Admin(corpus, index).client
    for reply in _replies(client):
        assert str(index.parent) not in reply
    health = client.get("/health").json()
    told = health.get("message") or health["warning"]
    assert told.startswith(("index/", "There is no index in index yet"))


def test_warning_names_the_file_within_the_index(
    write_corpus: WriteCorpus, make_service: Make, corpus: Path, index: Path
) -> None:
    write_corpus({"a.md": ZOO, "b.md": "Walruses sleep.\n"})
    make_service().build()
    write_corpus({"b.md": "Walruses dive.\n"})
    make_service().build()
    _damage_text(index)
    admin = Admin(corpus, index)
    for reply in _replies(admin.client):
        assert str(index.parent) not in reply
    warning = admin.client.get("/health").json()["warning"]
    assert warning.startswith("index/shards/")
    assert "/texts.sqlite is corrupted" in warning
    admin.sign_in()
    assert str(parts_in_force(index)["texts.sqlite"]) in admin.client.get("/admin", headers=BROWSER).text


def test_text_that_is_damaged_after_opening_is_reported_without_a_path(
    write_corpus: WriteCorpus, make_service: Make, index: Path
) -> None:
    write_corpus({"a.md": ZOO})
    service = make_service()
    service.build()
    client = client_of(service)
    assert client.get("/health").status_code == 200
    path = parts_in_force(index)["texts.sqlite"]
    path.write_bytes(path.read_bytes().replace(b"herring", b"tadpole"))
    for reply in _replies(client):
        assert str(index.parent) not in reply
        assert "tadpole" not in reply


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("/srv/my docs/index/CURRENT is gone.", "index/CURRENT is gone."),
        ("/srv/my docs/corpus does not exist.", "corpus does not exist."),
        ("There is no index in /srv/my docs/index yet.", "There is no index in index yet."),
        ("/opt/models/mine/model.onnx is corrupted.", "mine/model.onnx is corrupted."),
        ("/var/cache/normqa/encoders/x cannot be read.", "normqa/encoders/x cannot be read."),
        (
            "The other folder, /srv/my docs/index/a, and /srv/my docs/index/b.",
            "The other folder, index/a, and index/b.",
        ),
        ("Quotes 1/2 differ.", "Quotes 1/2 differ."),
    ],
)
def test_paths_begin_with_the_name_of_the_folder(message: str, expected: str) -> None:
    settings = Settings(
        corpus=Path("/srv/my docs/corpus"),
        index=Path("/srv/my docs/index"),
        encoder="/opt/models/mine",
        cache=Path("/var/cache/normqa"),
    )
    assert redact(message, settings) == expected


def test_installed_model_is_named_without_the_installation() -> None:
    installed = Path(normqa.__file__).parent / "models/data/x/model.onnx"
    assert redact(f"{installed} is corrupted.", Settings()) == "normqa/models/data/x/model.onnx is corrupted."


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every attempt to open the index."""
    attempts = list[Path]()

    def count(folder: IndexFolder) -> OpenIndex:
        attempts.append(folder.path)
        return open_current(folder)

    monkeypatch.setattr("normqa.storage.folder.open_current", count)
    return attempts


def test_corrupt_index_is_opened_once_until_a_file_changes(
    write_corpus: WriteCorpus,
    make_service: Make,
    index: Path,
    opened: list[Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_corpus({"a.md": ZOO})
    make_service().build()
    path = parts_in_force(index)["passages.npy"]
    intact = path.read_bytes()
    damage(path)
    client = client_of(make_service())
    for _ in range(3):
        reply = client.get("/health")
        assert (reply.status_code, reply.json()["code"]) == (503, "index_corrupt")
    assert len(opened) == 1
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert str(path) in errors[0]
    path.write_bytes(intact)
    assert client.get("/health").status_code == 200
    assert len(opened) == 2


def test_build_replaces_a_corrupt_index_at_once(
    write_corpus: WriteCorpus, make_service: Make, index: Path, opened: list[Path]
) -> None:
    write_corpus({"a.md": ZOO})
    make_service().build()
    damage(parts_in_force(index)["passages.npy"])
    client = client_of(make_service())
    assert [client.get("/health").status_code for _ in range(2)] == [503, 503]
    make_service().build()
    assert client.get("/health").status_code == 200
    assert len(opened) == 2


def test_index_of_another_encoder_is_opened_once(
    write_corpus: WriteCorpus, make_service: Make, opened: list[Path]
) -> None:
    write_corpus({"a.md": ZOO})
    make_service(HashingEncoder(dimension=512)).build()
    client = client_of(make_service())
    assert {client.get("/health").json()["code"] for _ in range(3)} == {"encoder_mismatch"}
    assert len(opened) == 1
