"""Valid and invalid requests to /ask and /verify."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from normqa.errors import InvalidRequest
from normqa.schema.requests.documents import VerifyRequest
from normqa.schema.requests.questions import AskRequest
from tests.serve.conftest import Built, client_of

LONGEST = "x" * 2000


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    """A client for a small index, which raises server errors."""
    return client_of(built({"a.md": "The pelican eats herring.\n"}))


def _assert_invalid(client: TestClient, path: str, body: bytes, named: str) -> None:
    reply = client.post(path, content=body)
    assert (reply.status_code, list(reply.json())) == (422, ["code", "message", "hint", "errors"])
    assert reply.json()["code"] == "invalid"
    assert reply.json()["message"].startswith(named)
    assert reply.headers["content-type"] == "application/json"


BAD_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "no question": ({"top_k": 3}, "question: "),
    "empty question": ({"question": ""}, "question: "),
    "blank question": ({"question": " \t\u00a0\u3000\n"}, "question: must not be blank"),
    "question of 2001 characters": ({"question": LONGEST + "x"}, "question: "),
    "question of 2001 characters beyond the basic plane": ({"question": "🐦" * 2001}, "question: "),
    "question with U+0000": ({"question": "a\0b"}, "question: must not contain U+0000"),
    "question that is a number": ({"question": 1}, "question: "),
    "question that is null": ({"question": None}, "question: "),
    "question that is a list": ({"question": ["a"]}, "question: "),
    "top_k of 0": ({"question": "a", "top_k": 0}, "top_k: "),
    "top_k of 21": ({"question": "a", "top_k": 21}, "top_k: "),
    "negative top_k": ({"question": "a", "top_k": -1}, "top_k: "),
    "top_k as text": ({"question": "a", "top_k": "3"}, "top_k: "),
    "top_k as a truth value": ({"question": "a", "top_k": True}, "top_k: "),
    "fractional top_k": ({"question": "a", "top_k": 1.5}, "top_k: "),
    "top_k that is no number": ({"question": "a", "top_k": float("nan")}, "top_k: "),
    "history of 21 entries": ({"question": "a", "history": ["b"] * 21}, "history: "),
    "history entry of 2001 characters": ({"question": "a", "history": [LONGEST + "x"]}, "history.0: "),
    "history entry with U+0000": ({"question": "a", "history": ["b", "\0"]}, "history.1: "),
    "history entry that is no text": ({"question": "a", "history": [1]}, "history.0: "),
    "history that is text": ({"question": "a", "history": "b"}, "history: "),
    "resolve_history that is a number": ({"question": "a", "resolve_history": 1}, "resolve_history: "),
    "resolve_history that is null": ({"question": "a", "resolve_history": None}, "resolve_history: "),
    "negative min_confidence": ({"question": "a", "min_confidence": -0.1}, "min_confidence: "),
    "min_confidence over 1": ({"question": "a", "min_confidence": 1.1}, "min_confidence: "),
    "min_confidence as text": ({"question": "a", "min_confidence": "0.5"}, "min_confidence: "),
    "min_confidence that is no number": ({"question": "a", "min_confidence": float("nan")}, "min_confidence"),
    "filters that are a list": ({"question": "a", "filters": []}, "filters: "),
    "unknown filter": ({"question": "a", "filters": {"author": ["b"]}}, "filters.author: "),
    "filter that is text": ({"question": "a", "filters": {"topics": "b"}}, "filters.topics: "),
    "filter of 101 entries": ({"question": "a", "filters": {"sources": ["b"] * 101}}, "filters.sources: "),
    "filter entry with U+0000": (
        {"question": "a", "filters": {"documents": ["\0"]}},
        "filters.documents.0: ",
    ),
    "date in words": (
        {"question": "a", "filters": {"date_from": "May 2021"}},
        "filters.date_from: must be a",
    ),
    "date with a time": ({"question": "a", "filters": {"date_to": "2021-05-31T10:00"}}, "filters.date_to: "),
    "date in other digits": ({"question": "a", "filters": {"date_to": "٢٠٢١"}}, "filters.date_to: "),
    "date with a line feed": ({"question": "a", "filters": {"date_to": "2021\n"}}, "filters.date_to: "),
    "date that is a number": ({"question": "a", "filters": {"date_from": 2021}}, "filters.date_from: "),
    "unknown field": ({"question": "a", "model": "x"}, "model: "),
}


@pytest.mark.parametrize(("body", "named"), BAD_FIELDS.values(), ids=BAD_FIELDS)
def test_invalid_question_is_422_and_names_the_field(
    client: TestClient, body: dict[str, Any], named: str
) -> None:
    _assert_invalid(client, "/ask", json.dumps(body).encode(), named)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "text: "),
        ({"text": " \n"}, "text: must not be blank"),
        ({"text": "\0"}, "text: "),
        ({"text": 1}, "text: "),
        ({"text": "a", "top_k": 3}, "top_k: "),
    ],
)
def test_invalid_verification_is_422_and_names_the_field(
    client: TestClient, body: dict[str, Any], named: str
) -> None:
    _assert_invalid(client, "/verify", json.dumps(body).encode(), named)


BAD_BODIES = {
    "empty": b"",
    "blank": b" \n",
    "no JSON": b"question=a",
    "cut off": b'{"question": "a"',
    "something after it": b'{"question": "a"} {}',
    "single quotes": b"{'question': 'a'}",
    "array": b'[{"question": "a"}]',
    "number": b"1",
    "null": b"null",
    "text": b'"a"',
    "not UTF-8": b'{"question": "\xff"}',
    "Latin-1": '{"question": "é"}'.encode("latin-1"),
    "UTF-16": '{"question": "a", "text": "a"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"question": "a"}'.encode("utf-16-le"),
    "a surrogate in UTF-8": b'{"question": "\xed\xa0\x80", "text": "\xed\xa0\x80"}',
    "nested arrays": b"[" * 30_000,
    "nested objects": b'{"question":' * 5_000,
    "a number beyond all bounds": b'{"question": "a", "top_k": ' + b"9" * 10_000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/ask", "/verify"])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_body_that_is_not_a_json_object_is_422(client: TestClient, path: str, body: bytes) -> None:
    _assert_invalid(client, path, body, "The request body: ")


@pytest.mark.parametrize("escaped", [rb"\ud800", rb"a\udc00b", rb"\udc00\ud800", rb"\uD83D"])
def test_lone_surrogate_is_422_in_every_field(client: TestClient, escaped: bytes) -> None:
    for path, body in (
        ("/ask", b'{"question": "%s"}'),
        ("/ask", b'{"question": "a", "history": ["%s"]}'),
        ("/ask", b'{"question": "a", "%s": 1}'),
        ("/ask", b'{"question": "a", "filters": {"documents": ["%s"]}}'),
        ("/verify", b'{"text": "%s"}'),
    ):
        _assert_invalid(client, path, body % escaped, "")


GOOD: dict[str, dict[str, Any]] = {
    "2000 characters": {"question": LONGEST},
    "2000 characters beyond the basic plane": {"question": "🐦" * 2000},
    "an escaped pair of surrogates": {"question": "pelican \U0001f426"},
    "a question without a word": {"question": "?!"},
    "one quote": {"question": "pelican", "top_k": 1},
    "twenty quotes": {"question": "pelican", "top_k": 20},
    "no top_k": {"question": "pelican", "top_k": None},
    "no history": {"question": "pelican", "history": []},
    "history of 20 entries of 2000 characters": {"question": "pelican", "history": [LONGEST] * 20},
    "least confidence of 0": {"question": "pelican", "min_confidence": 0},
    "least confidence of 1": {"question": "pelican", "min_confidence": 1.0},
    "no least confidence": {"question": "pelican", "min_confidence": None},
    "no filters": {"question": "pelican", "filters": None},
    "filters by nothing": {"question": "pelican", "filters": {"topics": [], "date_from": None}},
    "filters that nothing passes": {"question": "pelican", "filters": {"topics": ["b"] * 100}},
    "filters by year, month and day": {
        "question": "pelican",
        "filters": {"date_from": "2021", "date_to": "2021-05-31"},
    },
    "history that is not to be looked at": {
        "question": "pelican",
        "history": ["b"],
        "resolve_history": False,
    },
    "a question that would search": {"question": 'text:pelican AND (title:"x" OR *) ^2 ~'},
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_valid_question_is_answered(client: TestClient, body: dict[str, Any]) -> None:
    reply = client.post("/ask", json=body)
    assert reply.status_code == 200
    assert reply.json()["question"] == body["question"]


def test_content_type_does_not_matter(client: TestClient) -> None:
    for declared in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "",
    ):
        reply = client.post("/ask", content=b'{"question": "pelican"}', headers={"Content-Type": declared})
        assert reply.status_code == 200


def test_parse_applies_the_same_rules_to_values() -> None:
    assert AskRequest.parse({"question": "a", "top_k": None}) == AskRequest(question="a", top_k=None)
    wrong: list[dict[str, object]] = [
        {"question": " "},
        {"question": "\udcff"},
        {"question": "a", "top_k": 0},
    ]
    for values in wrong:
        with pytest.raises(InvalidRequest):
            AskRequest.parse(values)
    with pytest.raises(InvalidRequest):
        VerifyRequest.parse({"text": "\udcff"})


def test_hint_names_json_fields_over_http_only(client: TestClient) -> None:
    hint = client.post("/ask", content=b"{}").json()["hint"]
    assert hint == (
        "Send a JSON object in UTF-8 with these fields:"
        " question, top_k, history, resolve_history, exact, min_confidence, filters."
        " /openapi.json describes them."
    )
    with pytest.raises(InvalidRequest) as typed:
        AskRequest.parse({"question": ""})
    assert typed.value.hint == "Change it and try again."


any_text = st.text(st.characters(), max_size=50)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=10,
)
almost_a_request = st.fixed_dictionaries(
    {},
    optional={
        "question": st.just("pelican") | any_text | any_json,
        "text": any_text | any_json,
        "top_k": st.integers(-1, 22) | any_json,
        "history": st.lists(any_text, max_size=22) | any_json,
        "resolve_history": any_json,
        "min_confidence": st.floats(-0.1, 1.1) | any_json,
        "filters": st.fixed_dictionaries(
            {},
            optional={
                "documents": st.lists(any_text | st.just("a"), max_size=2) | any_json,
                "folders": st.lists(any_text, max_size=2) | any_json,
                "topics": st.lists(any_text, max_size=2) | any_json,
                "sources": st.lists(any_text, max_size=2) | any_json,
                "date_from": st.sampled_from(["2021", "2021-02-31", "0000-00", "9999-99-99"]) | any_json,
                "date_to": any_json,
            },
        )
        | any_json,
    },
)


def _assert_no_fault(client: TestClient, body: bytes) -> None:
    for path in ("/ask", "/verify"):
        reply = client.post(path, content=body)
        if reply.status_code != 200:
            assert list(reply.json())[:3] == ["code", "message", "hint"]
            code = reply.json()["code"]
            assert (reply.status_code, code) in {(422, "invalid"), (404, "unknown_document")}


@given(st.binary(max_size=300))
def test_no_bytes_cause_a_server_error(client: TestClient, body: bytes) -> None:
    _assert_no_fault(client, body)


@given(any_json | almost_a_request)
def test_no_json_causes_a_server_error(client: TestClient, value: Any) -> None:
    _assert_no_fault(client, json.dumps(value).encode())


@example("“”")
@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and "\0" not in text))
def test_any_text_is_a_valid_question(client: TestClient, text: str) -> None:
    answer = client.post("/ask", json={"question": text})
    assert (answer.status_code, answer.json()["question"]) == (200, text)
    assert client.post("/verify", json={"text": text}).status_code == 200
