"""The JSON API."""

import hashlib
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from normqa.index.backend import GenerationManifest
from normqa.models.hashing import HashingEncoder
from normqa.service import Service
from tests.conftest import SEED, WriteCorpus, covering_models, damage, parts_in_force, roll_back
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER, Built, app_of, client_of
from tests.serve.markup import Page

ZOO = """---
title: Zoo
source: Field notes
url: https://zoo.example/notes
date: 2023-05-01
authors: [Ada, Ben]
publisher: The Zoo
language: en
topics: [birds, seals]
---

# Birds

🐦 The pelican eats herring.

# Seals

The walrus sleeps on ice. It wakes at noon.
"""
# Offsets count code points. The bird is one.
HEADING, PELICAN = "Birds\n\n", "🐦 The pelican eats herring."
NEXT_HEADING, WALRUS, NOON = "\n\nSeals\n\n", "The walrus sleeps on ice.", " It wakes at noon."
TEXT = HEADING + PELICAN + NEXT_HEADING + WALRUS + NOON
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()
QUESTION = "What does the pelican eat?"

Make = Callable[..., Service]


@pytest.fixture(scope="module")
def zoo(built: Built) -> Service:
    """A calibrated service with one document, which contains characters beyond the basic plane."""
    return built({"zoo.md": ZOO}, covering_models())


@pytest.fixture(scope="module")
def client(zoo: Service) -> TestClient:
    """A client of that service."""
    return client_of(zoo)


def _ask(client: TestClient, question: str, **more: Any) -> Any:
    reply = client.post("/ask", json={"question": question, **more})
    assert reply.status_code == 200
    return reply.json()


ALL_WORDS = round(1 / (1 + math.exp(4 - 8 * 1)), 4)
"""Confidence if the best sentence contains all words of the question."""


def _index_of(service: Service) -> dict[str, Any]:
    manifest = service.generation().manifest
    return {
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "rolled_back": False,
        "warning": None,
    }


def _build(service: Service) -> GenerationManifest:
    """Build and return the manifest."""
    manifest = service.build().manifest
    assert manifest
    return manifest


def test_answer_has_exactly_the_documented_fields_in_order(client: TestClient, zoo: Service) -> None:
    expected = {
        "status": "answered",
        "question": " What does the\tpelican eat? ",
        "searched_as": "What does the pelican eat?",
        "confidence": ALL_WORDS,
        "band": "strong",
        "reason": None,
        "kind": "passages",
        "quotes": [
            {
                "text": PELICAN,
                "document": {
                    "id": "zoo",
                    "title": "Zoo",
                    "source": "Field notes",
                    "url": "https://zoo.example/notes",
                    "date": "2023-05-01",
                    "references": [],
                    "authors": ["Ada", "Ben"],
                    "publisher": "The Zoo",
                    "language": "en",
                },
                "section": ["Birds"],
                "page": None,
                "page_label": None,
                "recognised": False,
                "start": 5 + 2,
                "end": 5 + 2 + 27,
                "answer": {"start": 5 + 2, "end": 5 + 2 + 27},
                "other_answers": [],
                "confidence": ALL_WORDS,
                "sha256": SHA256,
                "prefix": HEADING,
                "suffix": NEXT_HEADING + WALRUS + NOON,
                "context": [],
                "href": "/documents/zoo?start=7&end=34",
                "url": "https://zoo.example/q/documents/zoo?start=7&end=34",
                "citation": "Zoo. Field notes, 2023-05-01. Birds.",
            }
        ],
        "has_best_sentence": False,
        "has_lead_in": False,
        "near_misses": [],
        "parts": [],
        "absent": [],
        "unknown": [],
        "items_left": 0,
        "index": _index_of(zoo),
    }
    answer = _ask(client, " What does the\tpelican eat? ")
    assert json.dumps(answer) == json.dumps(expected)  # as text, for the order of the keys


def test_quote_names_its_answering_sentence(client: TestClient) -> None:
    [quote] = _ask(client, "What wakes at noon?")["quotes"]
    start = len(HEADING + PELICAN + NEXT_HEADING)
    assert quote["text"] == WALRUS + NOON
    assert (quote["start"], quote["end"]) == (start, len(TEXT))
    assert quote["answer"] == {"start": start + len(WALRUS + " "), "end": len(TEXT)}
    assert quote["suffix"] == ""


def test_refusal_has_near_misses_with_the_fields_of_quotes(client: TestClient) -> None:
    """One of two passages contains "pelican" and none "boil", which gives the idf of both terms."""
    answer = _ask(client, "Does the pelican boil?")
    pelican, boil = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5)), math.log(1 + (2 - 0 + 0.5) / (0 + 0.5))
    coverage = round(pelican / (pelican + boil), 4)
    assert (answer["status"], answer["kind"], answer["quotes"]) == ("not_found", "passages", [])
    assert (answer["reason"], answer["band"]) == ("related_but_no_answer", "weak")
    assert answer["confidence"] == round(1 / (1 + math.exp(4 - 8 * coverage)), 4)
    assert answer["near_misses"][0]["text"] == PELICAN
    assert len(answer["near_misses"]) <= 3
    shape = _ask(client, QUESTION)["quotes"][0]
    for miss in answer["near_misses"]:
        assert list(miss) == list(shape)
        assert TEXT[miss["start"] : miss["end"]] == miss["text"]


def test_refusal_without_related_passages_has_no_near_misses(client: TestClient) -> None:
    answer = _ask(client, "What is the boiling point of mercury?")
    assert (answer["status"], answer["reason"], answer["band"]) == ("not_found", "nothing_relevant", "weak")
    assert answer["confidence"] == round(1 / (1 + math.exp(4)), 4)
    assert answer["quotes"] == answer["near_misses"] == []


def test_uncalibrated_answers_have_no_confidence(built: Built) -> None:
    client = client_of(built({"zoo.md": ZOO}))
    for question, status, reason in (
        (QUESTION, "answered", None),
        ("Does the pelican boil?", "answered", None),
        ("What is the boiling point of mercury?", "not_found", "nothing_relevant"),
        ("What is it?", "not_found", "nothing_relevant"),
    ):
        answer = _ask(client, question)
        assert (answer["confidence"], answer["band"]) == (None, "uncalibrated")
        assert (answer["status"], answer["reason"]) == (status, reason)
        assert bool(answer["quotes"]) == (status == "answered")
        assert answer["near_misses"] == []


def test_min_confidence_of_a_request_overrides_the_setting(client: TestClient) -> None:
    def status(question: str, least: float | None) -> Any:
        return _ask(client, question, min_confidence=least)["status"]

    assert [status(QUESTION, least) for least in (None, 0, ALL_WORDS, 1)] == ["answered"] * 3 + ["not_found"]
    half = "Does the pelican boil?"
    assert [status(half, least) for least in (None, 0.3, 0.1, 0)] == ["not_found"] * 2 + ["answered"] * 2


def test_list_is_quoted_in_full_with_its_lead_in(built: Built) -> None:
    client = client_of(
        built({"list.md": "Birds of the bay:\n\n1. The pelican.\n2. The heron.\n3. The stork.\n"})
    )
    answer = _ask(client, "Which birds of the bay are there?", top_k=1)
    assert (answer["status"], answer["kind"]) == ("answered", "list")
    texts = [quote["text"] for quote in answer["quotes"]]
    assert texts == ["Birds of the bay:", "1. The pelican.", "2. The heron.", "3. The stork."]


@pytest.mark.parametrize(
    "question", ["Which strategy uses hotlines?", "What are norms?", "norms", "capacity in regions"]
)
def test_quotes_are_slices_of_the_served_text(built: Built, question: str) -> None:
    client = client_of(built({"strategies.md": SEED.read_text(encoding="utf-8")}, covering_models()))
    quotes = _ask(client, question, min_confidence=0)["quotes"]
    near_misses = _ask(client, question, min_confidence=1)["near_misses"]
    raw = client.get("/documents/strategies/text").content
    assert quotes
    assert near_misses
    for quote in quotes + near_misses:
        assert raw.decode()[quote["start"] : quote["end"]] == quote["text"]
        assert hashlib.sha256(raw).hexdigest() == quote["sha256"]
        assert quote["start"] <= quote["answer"]["start"] < quote["answer"]["end"] <= quote["end"]
        assert raw.decode()[: quote["start"]].endswith(quote["prefix"])
        assert raw.decode()[quote["end"] :].startswith(quote["suffix"])


def test_comparison_quotes_both_sides(built: Built) -> None:
    files = {"b.md": "The pelican eats herring.", "a.md": "The heron eats frogs.", "c.md": "The stork nests."}
    answer = _ask(client_of(built(files, covering_models())), "How do the pelican and the heron differ?")
    assert (answer["status"], answer["kind"]) == ("answered", "comparison")
    assert [quote["document"]["id"] for quote in answer["quotes"]] == ["b", "a"]


def test_top_k_limits_quotes_and_defaults_to_the_setting(built: Built) -> None:
    service = built({f"{n}.md": f"The pelican eats herring at pier {n}.\n" for n in range(1, 7)})
    client = client_of(service, top_k=2)

    def found(**more: Any) -> list[str]:
        return [quote["document"]["id"] for quote in _ask(client, QUESTION, **more)["quotes"]]

    assert found(top_k=6) == ["1", "2", "3", "4", "5", "6"]  # alike in score, so by document id
    assert found(top_k=1) == ["1"]
    assert found() == found(top_k=None) == ["1", "2"]


def test_same_question_gets_the_same_bytes(write_corpus: WriteCorpus, make_service: Make) -> None:
    write_corpus({"zoo.md": ZOO})
    make_service().build()
    bodies = {
        client_of(service).post("/ask", json={"question": QUESTION}).content
        for service in (make_service(), make_service())
        for _ in range(3)
    }
    assert len(bodies) == 1


def test_times_are_in_a_header_and_not_in_the_body(client: TestClient) -> None:
    reply = client.post("/ask", json={"question": QUESTION})
    stages = reply.headers["server-timing"].split(", ")
    assert all(re.fullmatch(r"[a-z]+;dur=\d+\.\d", stage) for stage in stages)
    names = [stage.partition(";")[0] for stage in stages]
    assert names == ["open", "filter", "encode", "search", "read", "check"]
    assert not re.search(r"dur|milliseconds|elapsed|took", reply.text)


def test_follow_up_is_rewritten_with_history(built: Built) -> None:
    files = {
        "walrus.md": "The walrus sleeps on ice. The walrus eats clams.",
        "pelican.md": "The pelican sleeps on a pier. The pelican eats herring.",
    }
    client = client_of(built(files, covering_models()))
    asked, history = "Where does it sleep at night?", ["What does the walrus eat?"]
    answer = _ask(client, asked, history=history, min_confidence=0.1)
    assert (answer["question"], answer["searched_as"]) == (asked, f"{asked} (walrus)")
    assert answer["quotes"][0]["document"]["id"] == "walrus"
    for question, more in (
        (asked, {"history": history, "resolve_history": False}),
        (asked, {"history": []}),
        ("What does the pelican eat?", {"history": history}),
    ):
        assert _ask(client, question, **more)["searched_as"] == question


@pytest.fixture(scope="module")
def shelves(built: Built) -> TestClient:
    """A client for documents with different values for every filter."""

    def about(topic: str, source: str, date: str) -> str:
        head = f"topics: [{topic}]\nsource: {source}\ndate: {date}"
        return f"---\n{head}\n---\nThe pelican eats herring at {topic}.\n"

    return client_of(
        built(
            {
                "a.md": about("Bays", "Field notes", "2021-05-31"),
                "b.md": about("piers", "Lectures", "2023"),
                "c.md": "The pelican eats herring at sea.\n",
            }
        )
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (None, ["a", "b", "c"]),
        ({}, ["a", "b", "c"]),
        ({"documents": []}, ["a", "b", "c"]),
        ({"documents": ["c", "a"]}, ["a", "c"]),
        ({"topics": ["bays", "other"]}, ["a"]),
        ({"sources": ["Lectures"]}, ["b"]),
        ({"folders": ["."]}, ["a", "b", "c"]),
        ({"folders": ["a"]}, []),
        ({"date_from": "2021-06", "dated_only": True}, ["b"]),
        ({"date_to": "2021-05", "dated_only": True}, ["a"]),
        ({"date_from": "2021", "date_to": "2023", "dated_only": True}, ["a", "b"]),
        ({"date_from": "2021-06"}, ["b", "c"]),
        ({"documents": ["b"], "topics": ["bays"]}, []),
    ],
)
def test_filters_select_documents(
    shelves: TestClient, filters: dict[str, Any] | None, found: list[str]
) -> None:
    answer = _ask(shelves, QUESTION, filters=filters)
    assert sorted(quote["document"]["id"] for quote in answer["quotes"]) == found
    assert answer["status"] == ("answered" if found else "not_found")
    assert answer["reason"] == (None if found else "nothing_relevant")


def test_filter_with_an_unknown_document_is_404(shelves: TestClient) -> None:
    for filters in ({"documents": ["a", "zebra"]}, {"documents": ["zebra"], "topics": ["bays"]}):
        reply = shelves.post("/ask", json={"question": QUESTION, "filters": filters})
        assert (reply.status_code, reply.json()["code"]) == (404, "unknown_document")
        assert "'zebra'" in reply.json()["message"]


def test_documents_have_all_metadata_without_text(client: TestClient) -> None:
    document = {
        "id": "zoo",
        "title": "Zoo",
        "source": "Field notes",
        "url": "https://zoo.example/notes",
        "date": "2023-05-01",
        "authors": ["Ada", "Ben"],
        "publisher": "The Zoo",
        "language": "en",
        "topics": ["birds", "seals"],
        "questions": [],
        "sha256": SHA256,
        "characters": len(TEXT),
        "href": "/documents/zoo",
        "text_href": "/documents/zoo/text",
        "original_href": "/documents/zoo/original",
    }
    assert json.dumps(client.get("/documents").json()) == json.dumps(
        {"documents": [document], "total": 1, "next_href": None}
    )
    assert json.dumps(client.get("/documents/zoo").json()) == json.dumps(document)


def test_documents_are_listed_without_reading_texts(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    service = built({"a.md": "The pelican eats herring.", "b.md": "The walrus sleeps."})

    def fail(document_id: str) -> None:
        raise AssertionError(document_id)

    monkeypatch.setattr(service.generation().store, "document", fail)
    client = client_of(service)
    assert [document["id"] for document in client.get("/documents").json()["documents"]] == ["a", "b"]
    assert len(Page(client.get("/documents", headers=BROWSER).content).of_class("documents")) == 1


def test_document_text_is_plain_and_canonical(client: TestClient) -> None:
    reply = client.get("/documents/zoo/text", headers=BROWSER)
    assert reply.content == TEXT.encode()
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"


def test_accept_header_selects_page_or_json(client: TestClient) -> None:
    for path in ("/documents", "/documents/zoo"):
        assert client.get(path).headers["content-type"] == "application/json"
        page = client.get(path, headers=BROWSER)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["vary"] == client.get(path).headers["vary"] == "Accept"


# Ids may contain any character of a file name, and may end like the address of a text.
STRANGE = {
    "a/b/ü c#1.md": "The curlew is brown.",
    "text.md": "The walrus sleeps on ice.",
    "x/text.md": "The otter cracks mussels.",
    "y/text/text.txt": "The seal dives for cod.",
    "100%/q?&=+;.md": "The heron stands in reeds.",
    "a%2Fb.md": "The stork nests on roofs.",
    "日本/富士 山.txt": "The crane dances in snow.",
    "'q\"<i>.md": "The puffin digs a burrow.",
    "README": "The gannet plunges into waves.",
}
STRANGE_IDS = {name: name.removesuffix(".md") for name in STRANGE}


@pytest.fixture(scope="module")
def strange(built: Built) -> FastAPI:
    """An application with strange document ids."""
    return app_of(built(STRANGE))


def _get(app: FastAPI, target: str, headers: dict[str, str] | None = None) -> Exchange:
    """Request an address unchanged. The test client would decode its path twice."""
    return Exchange("GET", target, headers=headers or {}).over(app)


@pytest.mark.parametrize("name", STRANGE)
def test_document_addresses_work_for_any_id(strange: FastAPI, name: str) -> None:
    documents = {document["id"]: document for document in _get(strange, "/documents").json()["documents"]}
    document = documents[STRANGE_IDS[name]]
    assert _get(strange, document["text_href"]).body == STRANGE[name].encode()
    assert _get(strange, document["href"]).json() == document
    page = Page(_get(strange, document["href"], BROWSER).body)
    assert [element.text for element in page.of_class("text")] == [STRANGE[name]]
    assert document["text_href"] in page.hrefs()


@pytest.mark.parametrize("name", STRANGE)
def test_quote_addresses_work_for_any_id(strange: FastAPI, name: str) -> None:
    [quote] = _ask(TestClient(strange), STRANGE[name])["quotes"][:1]
    assert quote["document"]["id"] == STRANGE_IDS[name]
    page = Page(_get(strange, quote["href"], BROWSER).body)
    assert page.texts("mark") == [quote["text"]] == [STRANGE[name]]


def test_documents_page_links_to_every_document(strange: FastAPI) -> None:
    page = Page(_get(strange, "/documents", BROWSER).body)
    expected = [document["href"] for document in _get(strange, "/documents").json()["documents"]]
    assert len(expected) == len(STRANGE)
    assert sorted(href for href in page.hrefs() if href.startswith("/documents/")) == sorted(expected)


def _verified(client: TestClient, text: str) -> Any:
    reply = client.post("/verify", json={"text": text})
    assert reply.status_code == 200
    return reply.json()


def _places(client: TestClient, text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The status of a text, and where it was found."""
    found = _verified(client, text)
    return found["status"], [(match["document"], match["start"], match["end"]) for match in found["matches"]]


def test_verify_reports_every_exact_match(client: TestClient, zoo: Service) -> None:
    start = len(HEADING + "🐦 ")
    end = start + len("The pelican eats herring.")
    found = _verified(client, " The pelican eats herring.\n")
    assert list(found) == ["text", "status", "matches", "nearest", "quotations", "index"]
    assert (found["status"], found["index"]) == ("exact", _index_of(zoo))
    [match] = found["matches"]
    assert list(match) == ["document", "start", "end", "quote", "diff"]
    assert (match["document"], match["start"], match["end"], match["diff"]) == ("zoo", start, end, [])


def test_verify_quotes_the_place_as_an_answer_does(client: TestClient) -> None:
    [match] = _verified(client, PELICAN)["matches"]
    answered = _ask(client, QUESTION)["quotes"][0]
    assert match["quote"] == {**answered, "confidence": None}


def test_verify_reports_differing_whitespace(client: TestClient) -> None:
    text = "Birds 🐦\nThe  pelican eats herring."
    assert _places(client, text) == ("whitespace", [("zoo", 0, len(HEADING + PELICAN))])


@pytest.mark.parametrize(
    ("text", "status", "diff"),
    [
        ("the pelican eats", "case", [("the ", "The "), ("pelican eats", "pelican eats")]),
        (
            "The pel-ican eats",
            "separators",
            [("The ", "The "), ("pel-ican ", "pelican "), ("eats", "eats")],
        ),
    ],
)
def test_verify_compares_words_that_differ(
    client: TestClient, text: str, status: str, diff: list[tuple[str, str]]
) -> None:
    found = _verified(client, text)
    [match] = found["matches"]
    assert (found["status"], match["quote"]["text"]) == (status, "The pelican eats")
    assert match["diff"] == [{"sent": sent, "document": document} for sent, document in diff]


def test_verify_normalises_unicode(built: Built) -> None:
    client = client_of(built({"a.md": "Die Möwe.\n"}))
    assert _places(client, "Mo\u0308we") == ("exact", [("a", 4, 8)])


def test_verify_reports_missing_text(client: TestClient) -> None:
    for text in ("The pelican eats cod.", ".*", "herring?"):
        assert _places(client, text) == ("not_found", [])


def test_matches_are_ordered_and_limited_to_a_hundred(built: Built) -> None:
    client = client_of(built({"b.md": "ha " * 70, "a.md": "ha " * 70}))
    matches = [(match["document"], match["start"]) for match in _verified(client, "ha")["matches"]]
    assert matches == [("a", 3 * n) for n in range(70)] + [("b", 3 * n) for n in range(30)]


EMPTY = {
    "status": "empty",
    "generation": None,
    "built_at": None,
    "documents": 0,
    "passages": 0,
    "rolled_back": False,
    "warning": None,
}


def test_health_without_corpus_and_index_is_503(corpus: Path, make_service: Make) -> None:
    client = client_of(make_service())
    corpus.rmdir()
    reply = client.get("/health")
    assert (reply.status_code, reply.json()["code"]) == (503, "no_index")
    assert "the corpus folder corpus does not exist" in reply.json()["message"]
    corpus.write_text("a file")
    assert client.get("/health").status_code == 503
    corpus.unlink()
    corpus.mkdir()
    assert client.get("/health").status_code == 200


def test_health_of_an_empty_corpus_is_200(make_service: Make) -> None:
    client = client_of(make_service())
    reply = client.get("/health")
    assert (reply.status_code, json.dumps(reply.json())) == (200, json.dumps(EMPTY))
    assert client.get("/documents").json() == {"documents": [], "total": 0, "next_href": None}


def test_health_is_503_until_the_first_build(write_corpus: WriteCorpus, make_service: Make) -> None:
    write_corpus({"zoo.md": ZOO})
    client = client_of(make_service())
    reply = client.get("/health")
    assert (reply.status_code, reply.json()["code"]) == (503, "no_index")
    assert "normqa build" in reply.json()["hint"]

    manifest = _build(make_service())
    reply = client.get("/health")
    expected = {
        "status": "ready",
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "documents": 1,
        "passages": 2,  # one a section
        "rolled_back": False,
        "warning": None,
    }
    assert (reply.status_code, json.dumps(reply.json())) == (200, json.dumps(expected))


ROUTES = (
    ("POST", "/ask", {"question": QUESTION}),
    ("POST", "/verify", {"text": "pelican"}),
    ("GET", "/documents", None),
    ("GET", "/documents/zoo", None),
    ("GET", "/documents/zoo/text", None),
    ("GET", "/health", None),
)


def _codes(client: TestClient) -> set[tuple[int, str]]:
    """Return the set of statuses and codes of all routes."""
    replies = [client.request(method, path, json=body) for method, path, body in ROUTES]
    assert all(list(reply.json()) == ["code", "message", "hint"] for reply in replies)
    return {(reply.status_code, reply.json()["code"]) for reply in replies}


def test_every_route_reports_a_missing_index(write_corpus: WriteCorpus, make_service: Make) -> None:
    write_corpus({"zoo.md": ZOO})
    assert _codes(client_of(make_service())) == {(503, "no_index")}


@pytest.mark.parametrize("path", ["/ask", "/verify"])
@pytest.mark.parametrize("body", [b"", b"{", b'{"question": " "}', b'{"text": " "}'])
def test_invalid_body_is_422_without_an_index(
    path: str, body: bytes, write_corpus: WriteCorpus, make_service: Make
) -> None:
    write_corpus({"zoo.md": ZOO})
    reply = client_of(make_service()).post(path, content=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")


def test_page_reports_a_too_long_question_without_an_index(
    write_corpus: WriteCorpus, make_service: Make
) -> None:
    write_corpus({"zoo.md": ZOO})
    client = client_of(make_service())
    assert [client.get("/", params={"q": "x" * length}).status_code for length in (2001, 3)] == [422, 503]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/answer", 422),
        ("/answer?q=%00&quote=x", 422),
        ("/answer?q=pelican&quote=x", 422),
        ("/answer?q=pelican", 503),
        ("/conversation.md?q=%00", 422),
        ("/conversation.json?q=a&after=%00", 422),
        ("/conversation.json?q=pelican", 503),
    ],
)
def test_pages_report_a_malformed_address_before_a_missing_index(
    target: str, status: int, write_corpus: WriteCorpus, make_service: Make
) -> None:
    write_corpus({"zoo.md": ZOO})
    assert client_of(make_service()).get(target).status_code == status


def test_every_route_reports_a_corrupt_index(
    write_corpus: WriteCorpus, make_service: Make, index: Path
) -> None:
    write_corpus({"zoo.md": ZOO})
    make_service().build()
    damage(parts_in_force(index)["passages.npy"])
    client = client_of(make_service())
    assert _codes(client) == {(503, "index_corrupt")}
    assert client.get("/health").json()["hint"] == "Run normqa build."


def test_every_route_reports_an_encoder_mismatch(write_corpus: WriteCorpus, make_service: Make) -> None:
    write_corpus({"zoo.md": ZOO})
    make_service(HashingEncoder(dimension=512)).build()
    assert _codes(client_of(make_service())) == {(503, "encoder_mismatch")}


def test_unknown_document_is_404_and_named(client: TestClient) -> None:
    for path in ("/documents/zebra", "/documents/zebra/text", "/documents/zoo/", "/documents/Zoo"):
        reply = client.get(path)
        assert (reply.status_code, reply.json()["code"]) == (404, "unknown_document")
    error = client.get("/documents/zebra").json()
    assert error["message"] == "There is no document 'zebra'."
    assert error["hint"] == "GET /documents lists every document."


def test_running_server_switches_to_a_new_generation(
    write_corpus: WriteCorpus, make_service: Make, corpus: Path
) -> None:
    write_corpus({"a.md": "The pelican eats herring."})
    old = _build(make_service()).generation
    client = client_of(make_service())
    assert _ask(client, QUESTION)["index"]["generation"] == old

    write_corpus({"a.md": "The pelican eats squid."})
    new = _build(make_service()).generation
    answer = _ask(client, QUESTION)
    assert new != old
    assert answer["index"]["generation"] == new == client.get("/health").json()["generation"]
    assert [quote["text"] for quote in answer["quotes"]] == ["The pelican eats squid."]
    assert client.get("/documents/a/text").text == "The pelican eats squid."

    (corpus / "a.md").rename(corpus / "b.md")
    make_service().build()
    assert client.get("/documents/a").status_code == 404
    assert [quote["document"]["id"] for quote in _ask(client, QUESTION)["quotes"]] == ["b"]


def test_running_server_opens_the_first_index(write_corpus: WriteCorpus, make_service: Make) -> None:
    client = client_of(make_service())
    assert _ask(client, f" {QUESTION}") == {
        "status": "not_found",
        "question": f" {QUESTION}",
        "searched_as": QUESTION,
        "confidence": None,
        "band": "uncalibrated",
        "reason": "empty_index",
        "kind": "passages",
        "quotes": [],
        "has_best_sentence": False,
        "has_lead_in": False,
        "near_misses": [],
        "parts": [],
        "absent": [],
        "unknown": [],
        "items_left": 0,
        "index": {"generation": None, "built_at": None, "rolled_back": False, "warning": None},
    }
    write_corpus({"a.md": "The pelican eats squid."})
    assert client.get("/health").status_code == 503
    make_service().build()
    assert client.get("/health").json()["documents"] == 1
    assert _ask(client, QUESTION)["status"] == "answered"


@pytest.fixture
def fallen_back(write_corpus: WriteCorpus, make_service: Make, corpus: Path, index: Path) -> TestClient:
    """A client of a damaged index. Only document ``a`` is the same in the generation before."""
    write_corpus(
        {
            "a.md": "The pelican eats herring.",
            "b.md": "The pelican eats squid.",
            "c.md": "The pelican eats crabs.",
        }
    )
    service = make_service()
    service.build()
    write_corpus({"b.md": "Closed."})
    (corpus / "c.md").unlink()
    service.build()
    damage(parts_in_force(index)["texts.sqlite"])
    return client_of(make_service())


def test_damaged_index_warns_in_answers_and_health(fallen_back: TestClient, index: Path) -> None:
    index_body = _ask(fallen_back, QUESTION)["index"]
    health = fallen_back.get("/health").json()
    assert health["status"] == "ready"
    assert (health["warning"], health["rolled_back"]) == (index_body["warning"], False)
    damaged = parts_in_force(index)["texts.sqlite"].relative_to(index.parent)
    assert index_body["warning"].startswith(f"{damaged} is corrupted: checksum mismatch")
    assert index_body["warning"].endswith("Run normqa build.")
    assert health["generation"] == index_body["generation"]


def test_damaged_index_hides_changed_and_removed_text(
    fallen_back: TestClient,
) -> None:
    quotes = [quote["text"] for quote in _ask(fallen_back, QUESTION)["quotes"]]
    assert quotes == ["The pelican eats herring."]
    assert [document["id"] for document in fallen_back.get("/documents").json()["documents"]] == ["a"]
    for path in ("/documents/b", "/documents/b/text", "/documents/c", "/documents/c/text"):
        assert fallen_back.get(path).status_code == 404
    for text, status in (("eats herring", "exact"), ("eats squid", "not_found"), ("eats crabs", "not_found")):
        assert fallen_back.post("/verify", json={"text": text}).json()["status"] == status
    filtered = {"question": QUESTION, "filters": {"documents": ["c"]}}
    assert fallen_back.post("/ask", json=filtered).status_code == 404


def test_health_counts_documents_that_survive_damage(fallen_back: TestClient) -> None:
    documents = fallen_back.get("/documents").json()["documents"]
    assert fallen_back.get("/health").json()["documents"] == len(documents) == 1


def test_damaged_index_gives_the_same_bytes(fallen_back: TestClient) -> None:
    first, second = (fallen_back.post("/ask", json={"question": QUESTION}).content for _ in range(2))
    assert first == second


def test_running_server_recovers_after_a_build_by_another_process(
    fallen_back: TestClient, make_service: Make
) -> None:
    assert fallen_back.get("/health").json()["warning"]
    make_service().build()
    assert fallen_back.get("/health").json()["warning"] is None
    assert [document["id"] for document in fallen_back.get("/documents").json()["documents"]] == ["a", "b"]


def test_answers_and_health_report_a_rollback_until_the_next_build(
    write_corpus: WriteCorpus, make_service: Make, index: Path
) -> None:
    write_corpus({"a.md": "The pelican eats herring."})
    old = _build(make_service())
    write_corpus({"a.md": "The pelican eats squid."})
    make_service().build()
    client = client_of(make_service())
    assert client.get("/health").json()["rolled_back"] is False
    roll_back(index)
    answer = _ask(client, QUESTION)
    assert [quote["text"] for quote in answer["quotes"]] == ["The pelican eats herring."]
    assert answer["index"] == {
        "generation": old.generation,
        "built_at": old.built_at,
        "rolled_back": True,
        "warning": None,
    }
    assert client.get("/health").json()["rolled_back"] is True
    make_service().build()
    assert _ask(client, QUESTION)["index"]["rolled_back"] is False
    assert client.get("/health").json()["rolled_back"] is False


def test_document_named_text_differs_from_the_text_of_a_document(
    write_corpus: WriteCorpus, make_service: Callable[..., Service]
) -> None:
    write_corpus({"x.md": "The heron wades in shallow water.", "x/text.md": "The lighthouse blinks at dusk."})
    service = make_service()
    service.build()
    client = client_of(service)
    [found] = [d for d in client.get("/documents").json()["documents"] if d["id"] == "x/text"]
    assert client.get("/documents/x/text").text == "The heron wades in shallow water."
    assert client.get(found["text_href"]).text == "The lighthouse blinks at dusk."
    answer = client.post("/ask", json={"question": "When does the lighthouse blink?"}).json()
    page = client.get(answer["quotes"][0]["href"], headers={"Accept": "text/html"})
    assert "The lighthouse blinks at dusk." in page.text
