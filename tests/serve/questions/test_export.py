"""Citations over HTTP: of quotes, and of conversations."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote as percent_encode

import pytest
from fastapi.testclient import TestClient

from normqa.citations.formats import EXTENSIONS, FORMATS
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.citations.readable import readable
from tests.conftest import WriteCorpus
from tests.serve.conftest import BROWSER, Built, client_of
from tests.serve.markup import Page

FILES = {
    "birds.md": "---\ntitle: </script><b>Birds\nauthors: ['Roe, Ada']\ndate: 2021-05\n---\n"
    "🐦 The pelican eats herring.\n",
    "a-b/seals 1.md": "The walrus eats clams. It sleeps on ice.\n",
}
PELICAN, WALRUS = "What does the pelican eat?", "What does the walrus eat?"


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built(FILES)


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    return client_of(service)


def _quote(client: TestClient, question: str) -> Any:
    return client.get("/ask", params={"q": question}).json()["quotes"][0]


def _link(quote: Any) -> str:
    return f"{quote['start']}-{quote['end']}-{quote['sha256'][:16]}-{quote['document']['id']}"


@pytest.mark.parametrize("name", FORMATS)
def test_quotes_are_cited_in_every_format(client: TestClient, name: str) -> None:
    quotes = [_quote(client, PELICAN), _quote(client, WALRUS)]
    reply = client.get(
        "/cite", params={"quote": list(map(_link, quotes)), "format": name, "q": "Who eats what?"}
    )
    assert reply.status_code == 200
    assert reply.headers["content-type"] == FORMATS[name].media_type
    assert reply.headers["content-disposition"] == f'attachment; filename="quotes.{FORMATS[name].extension}"'
    assert all(quote["text"] in readable(name, reply.content) for quote in quotes)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_conversations_are_exported_in_every_format(client: TestClient, extension: str) -> None:
    reply = client.get(f"/conversation.{extension}", params={"after": PELICAN, "q": WALRUS})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == EXTENSIONS[extension].media_type
    text = readable(EXTENSIONS[extension].name, reply.content)
    assert "The pelican eats herring." in text
    assert "The walrus eats clams." in text


def test_an_unknown_extension_is_an_unknown_path(client: TestClient) -> None:
    reply = client.get("/conversation.odt", params={"q": PELICAN})
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_path")


@pytest.mark.parametrize(
    ("quote", "code"),
    [
        ("0-5-0000000000000000-birds", "quote_changed"),
        ("0-99999-HASH-birds", "quote_changed"),
        ("0-5-HASH-dodo", "unknown_document"),
        ("5-0-HASH-birds", "quote_changed"),
        ("nonsense", "invalid"),
    ],
)
def test_a_quote_that_is_not_in_the_documents_is_an_error(client: TestClient, quote: str, code: str) -> None:
    hashed = quote.replace("HASH", _quote(client, PELICAN)["sha256"][:16])
    assert client.get("/cite", params={"quote": hashed}).json()["code"] == code


@pytest.mark.parametrize("query", ["", "quote=", "quote=1-2-0000000000000000-a&format=word", "quot=1"])
def test_invalid_parameters_are_errors(client: TestClient, query: str) -> None:
    assert client.get(f"/cite?{query}").status_code == 422


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ({"host": "127.0.0.1", "port": 8080}, "http://127.0.0.1:8080"),
        ({"host": "localhost", "root_path": "/q"}, "http://localhost:8000/q"),
        ({"host": "::1"}, "http://[::1]:8000"),
        ({"host": "127.0.0.1", "port": 0}, None),
        ({"host": "0.0.0.0"}, None),
        ({"host": "0.0.0.0", "public_url": "https://norms.example/q"}, "https://norms.example/q"),
    ],
)
def test_absolute_addresses_come_from_settings_alone(
    service: Service, settings: dict[str, Any], base: str | None
) -> None:
    app = create_app(Settings(**settings, allowed_hosts=("*",)), service)
    client = TestClient(app, root_path=settings.get("root_path", ""))
    client.headers["Host"] = "evil.example"
    quote = _quote(client, WALRUS)
    path = f"/documents/a-b/{percent_encode('seals 1')}?start={quote['start']}&end={quote['end']}"
    assert quote["url"] == (base and base + path)
    exported = client.get("/conversation.jsonld", params={"q": WALRUS}).json()
    assert exported["items"][0]["id"] == (base or "") + path
    assert "evil" not in client.get("/documents/birds", headers=BROWSER | {"Host": "evil.example"}).text


def test_document_page_has_metadata_that_no_title_can_end(client: TestClient) -> None:
    reply = client.get("/documents/birds", headers=BROWSER)
    assert '<meta name="citation_author" content="Roe, Ada">' in reply.text
    assert '<meta name="citation_publication_date" content="2021/05">' in reply.text
    [block] = reply.text.partition('<script type="application/ld+json">')[2].split("</script>")[:1]
    about = json.loads(block)
    assert (about["name"], about["author"]) == ("</script><b>Birds", ["Ada Roe"])
    assert Page(reply.content).one("h1").text == "</script><b>Birds"


def test_exports_name_the_index_that_was_rolled_back(
    write_corpus: WriteCorpus, make_service: Callable[..., Service]
) -> None:
    write_corpus(FILES)
    service = make_service()
    service.build()
    write_corpus({"birds.md": "The pelican eats squid.\n"})
    service.build()
    service.roll_back()
    client = client_of(service)
    assert "rolled back" in client.get("/conversation.ris", params={"q": PELICAN}).text
