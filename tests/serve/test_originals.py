"""Originals are served as they were indexed, and never as pages of this server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.errors import PageNotDrawn
from normqa.serve.originals.pictures import PagePictures
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import hashing_models
from tests.load.pdf.files import pdf, text
from tests.pictures import marked_part, read_png
from tests.serve.conftest import BROWSER, client_of

LABELS = "/PageLabels << /Nums [0 << /S /r /St 3 >>] >>"
WELLS = pdf(text("The first page is empty of wells."), text("The well is forty metres deep."), catalog=LABELS)
HTML = "<!doctype html><title>Pond</title><p>The pond is shallow.<script>alert(1)</script>"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A service whose corpus has files of several formats."""
    folder = tmp_path_factory.mktemp("originals")
    corpus = folder / "corpus"
    (corpus / "a").mkdir(parents=True)
    (corpus / "wells.pdf").write_bytes(WELLS)
    (corpus / "described.pdf").write_bytes(pdf(text("The tower is tall.")))
    (corpus / "described.pdf.meta.yaml").write_text("title: Towers\n", encoding="utf-8")
    (corpus / "pond.html").write_text(HTML, encoding="utf-8")
    (corpus / "a" / "é b.md").write_text("Rivers run.", encoding="utf-8")
    (corpus / "a" / "original.md").write_text("Named like an address.", encoding="utf-8")
    (corpus / "a.md").write_text("The document a.", encoding="utf-8")
    service = Service(Settings(corpus=corpus, index=folder / "index"), hashing_models())
    service.build()
    return service


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    return client_of(service)


@pytest.fixture
def changed(service: Service) -> Iterator[Path]:
    """The file of the document ``wells.pdf``, which a test may replace."""
    path = service.settings.corpus / "wells.pdf"
    yield path
    path.unlink(missing_ok=True)
    path.write_bytes(WELLS)


def span_of(client: TestClient, document: str, words: str) -> dict[str, int]:
    start = client.get(f"/documents/{document}/text").text.index(words)
    return {"start": start, "end": start + len(words)}


@pytest.mark.parametrize(
    ("document", "body", "kind", "disposition"),
    [
        ("wells.pdf", WELLS, "application/pdf", "inline; filename*=UTF-8''wells.pdf"),
        ("pond.html", HTML.encode(), "text/html", "attachment; filename*=UTF-8''pond.html"),
        ("a/é b", b"Rivers run.", "text/markdown", "attachment; filename*=UTF-8''%C3%A9%20b.md"),
    ],
)
def test_original_is_the_file(
    client: TestClient, document: str, body: bytes, kind: str, disposition: str
) -> None:
    reply = client.get(f"/documents/{document}/original", headers=BROWSER)
    assert (reply.status_code, reply.content) == (200, body)
    assert reply.headers["Content-Type"] == kind
    assert reply.headers["Content-Disposition"] == disposition
    assert reply.headers["Content-Security-Policy"].startswith("sandbox;")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_picture_marks_the_quote_on_its_page(client: TestClient) -> None:
    place = span_of(client, "wells.pdf", "forty metres")
    address = "/documents/wells.pdf/pages/2.png"
    plain = read_png(client.get(address, params={"scale": 1}).content)
    reply = client.get(address, params={**place, "scale": 1})
    marked = read_png(reply.content)
    assert reply.headers["Content-Type"] == "image/png"
    assert plain.shape == (842, 595, 3)
    assert 0 < marked_part(plain, marked).mean() < 0.01
    other = client.get("/documents/wells.pdf/pages/1.png", params={**place, "scale": 1})
    assert not marked_part(
        read_png(client.get("/documents/wells.pdf/pages/1.png?scale=1").content), read_png(other.content)
    ).any()


@pytest.mark.parametrize(("scale", "width"), [("0.01", 298), ("nan", 1190), ("x", 1190)])
def test_odd_scale_is_brought_within_the_limits(client: TestClient, scale: str, width: int) -> None:
    picture = read_png(client.get("/documents/wells.pdf/pages/1.png", params={"scale": scale}).content)
    assert picture.shape[1] == width


@pytest.mark.parametrize(
    "address", ["wells.pdf/pages/0.png", "wells.pdf/pages/3.png", "wells.pdf/pages/x.png", "a/pages/1.png"]
)
def test_page_that_does_not_exist_is_reported(client: TestClient, address: str) -> None:
    reply = client.get(f"/documents/{address}")
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_page")


@pytest.mark.parametrize("part", ["original", "pages/1.png"])
def test_unknown_document_has_no_original(client: TestClient, part: str) -> None:
    reply = client.get(f"/documents/nothing/{part}")
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_document")


def test_document_named_like_an_original_has_its_own_address(client: TestClient) -> None:
    assert client.get("/documents/a/original").content == b"The document a."
    [href] = [d["href"] for d in client.get("/documents").json()["documents"] if d["id"] == "a/original"]
    assert client.get(href).json()["id"] == "a/original"
    assert client.get("/documents/a/original/original").content == b"Named like an address."


@pytest.mark.parametrize("part", ["original", "pages/2.png"])
def test_changed_file_is_not_shown(client: TestClient, changed: Path, part: str) -> None:
    address = f"/documents/wells.pdf/{part}"
    assert client.get(address).status_code == 200
    changed.write_bytes(WELLS.replace(b"forty", b"ninety"))
    reply = client.get(address)
    assert (reply.status_code, reply.json()["code"]) == (409, "original_changed")
    assert "wells.pdf" in reply.json()["message"]
    assert str(changed.parent) not in reply.text
    changed.unlink()
    assert client.get(address).json()["code"] == "original_changed"


def test_changed_sidecar_counts_as_a_change(client: TestClient, service: Service) -> None:
    sidecar = service.settings.corpus / "described.pdf.meta.yaml"
    assert client.get("/documents/described.pdf/original").status_code == 200
    before = sidecar.read_text(encoding="utf-8")
    sidecar.write_text("title: Houses\n", encoding="utf-8")
    assert client.get("/documents/described.pdf/original").json()["code"] == "original_changed"
    sidecar.write_text(before, encoding="utf-8")


def test_link_that_leaves_the_corpus_is_not_followed(
    client: TestClient, changed: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside.pdf").write_bytes(WELLS)
    changed.unlink()
    changed.symlink_to(tmp_path / "outside.pdf")
    assert client.get("/documents/wells.pdf/original").json()["code"] == "original_changed"


def test_same_picture_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def draw(raw: bytes, page: int, boxes: object, scale: float) -> bytes:  # noqa: ARG001
        drawn.append(page)
        return b"x" * 10

    monkeypatch.setattr("normqa.serve.originals.pictures.render_page", draw)
    pictures = PagePictures(cache_bytes=20)
    for page in (1, 1, 2, 1, 3, 1, 2):
        assert pictures.draw(b"", "a", page, [], 1.0) == b"x" * 10
    assert drawn == [1, 2, 3, 2]  # the third picture replaces the one that was used longest ago


def test_damaged_page_is_reported() -> None:
    with pytest.raises(PageNotDrawn, match="Page 7 has no picture"):
        PagePictures().draw(WELLS, "a", 7, [], 1.0)
    with pytest.raises(PageNotDrawn, match="exit status"):
        PagePictures().draw(b"%PDF-1.7 nothing", "b", 1, [], 1.0)


def test_page_of_a_document_links_to_its_original(client: TestClient) -> None:
    place = span_of(client, "wells.pdf", "forty metres")
    page = client.get("/documents/wells.pdf", params=place, headers=BROWSER).text
    picture = f"/documents/wells.pdf/pages/2.png?start={place['start']}&amp;end={place['end']}"
    assert f'href="{picture}"' in page
    assert "Original, page iv" in page
    assert 'data-text="forty metres"' in page
    assert "pages/1.png" not in client.get("/documents/pond.html", headers=BROWSER).text


def test_answer_names_the_printed_page(client: TestClient) -> None:
    page = client.get("/", params={"q": "How deep is the well?"}, headers=BROWSER).text
    assert "<span>page iii</span>" in page
