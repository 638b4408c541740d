"""``normqa.connect``: a server answers as an opened folder does."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

import normqa
from normqa.client.client import Client
from normqa.errors import InvalidRequest, NormqaError, UnknownDocument
from normqa.search.filters import Filters
from normqa.serve.app import create_app
from normqa.serve.errors import Unauthorised
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.conftest import Built

TOKEN = "t" * 16
FILES = {
    "birds/pelican 1.md": "---\nauthors: [Ada]\ntopics: [birds]\ndate: 2021\n---\n🐦 The pelican eats.\n",
    "list.md": "# Lists\n\nBirds of the bay:\n\n1. The pelican.\n2. The heron.\n3. The stork.\n",
    "x/text.md": "| Name | Depth |\n|---|---|\n| Squid | 900 m |\n",
}
QUESTIONS = [
    "What does the pelican eat?",
    "Which birds of the bay are there?",
    "How deep is the squid?",
    "What does the pelican eat, and how deep is the squid?",
    "What is the boiling point of mercury in 2031?",
    "Does the pelican boil?",
]


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built(FILES, covering_models())


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    """A server on a free port, under a path prefix."""
    settings = Settings(admin_token=TOKEN, root_path="/q")
    server = uvicorn.Server(uvicorn.Config(create_app(settings, service), log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/q/"
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(address: str) -> Client:
    return normqa.connect(address)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_equal_those_of_the_folder(client: Client, service: Service, question: str) -> None:
    assert client.ask(question) == service.ask(question)


def test_options_are_those_of_the_folder(client: Client, service: Service) -> None:
    filters = Filters(
        documents=("birds/pelican 1", "list"),
        folders=("birds",),
        topics=("birds",),
        date_to="2022",
        dated_only=True,
    )
    history = ["What does the pelican eat?"]

    def ask(of: Client | Service) -> normqa.Answer:
        return of.ask("Where does it sleep?", top_k=1, min_confidence=0.0, filters=filters, history=history)

    assert ask(client) == ask(service)
    assert ask(client).was_rewritten


@pytest.mark.parametrize("text", [" The pelican  eats", "the PELICAN", "pel-ican eats", "dodo"])
def test_verification_equals_that_of_the_folder(client: Client, service: Service, text: str) -> None:
    there, here = client.verify(text), service.verify(text)
    assert there == here
    assert there.text == here.text


def test_documents_have_metadata_and_text(client: Client, service: Service) -> None:
    documents = client.documents()
    assert [document.id for document in documents] == sorted(name.removesuffix(".md") for name in FILES)
    for document in [*documents, *(client.document(each.id) for each in documents)]:
        local = service.document(document.id)
        assert (document.title, document.sha256, document.text) == (local.title, local.sha256, local.text)
        assert document.characters == len(document.text)
        assert document.metadata.authors == local.metadata.authors


def test_errors_of_the_server_are_raised_as_their_classes(client: Client) -> None:
    with pytest.raises(UnknownDocument, match="dodo"):
        client.document("dodo")
    with pytest.raises(InvalidRequest) as invalid:
        client.ask(" ", top_k=0)
    assert [field for field, _ in invalid.value.faults] == ["question", "top_k"]
    with pytest.raises(Unauthorised):
        client.status()
    with pytest.raises(InvalidRequest):
        client.ask("Why?", history="What?")


def test_token_gives_access_to_administration(address: str, service: Service) -> None:
    administrator = normqa.connect(address, token=TOKEN)
    assert administrator.status().generation == administrator.health().generation
    with pytest.raises(NormqaError) as unknown:
        administrator.roll_back("none")
    assert unknown.value.code == "unknown_generation"
    assert administrator.health().documents == len(service.documents())


def test_a_server_that_does_not_respond_is_named(address: str) -> None:
    with pytest.raises(NormqaError, match=r"http://127.0.0.1:1 does not respond") as silent:
        normqa.connect("http://127.0.0.1:1").health()
    assert silent.value.code == "server_unavailable"
    with pytest.raises(NormqaError) as wrong:
        normqa.connect(f"{address}nowhere").ask("Why?")
    assert wrong.value.code == "unknown_path"
    with pytest.raises(InvalidRequest, match="file:///etc"):
        normqa.connect("file:///etc")
