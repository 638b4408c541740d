"""Chat completions, as OpenAI's own client receives them."""

import re
from typing import Any

import openai
import pytest
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt
from openai import OpenAI

from normqa.service import Service
from tests.conftest import covering_models
from tests.serve.conftest import PUBLIC_URL, Built, client_of

FILES = {
    "birds.md": "---\ntitle: Birds [of the zoo]\n---\n\n# Food\n\nThe *pelican* eats `herring`.\n",
    "seals.md": "# Seals\n\nThe walrus sleeps on ice. Walrus pups drink milk.\n",
}
PELICAN = "The pelican eats herring."
QUESTION = "What does the pelican eat?"
OPEN_WEBUI = {"X-OpenWebUI-Chat-Id": "c1"}


@pytest.fixture(scope="module")
def zoo(built: Built) -> Service:
    return built(FILES, covering_models())


@pytest.fixture(scope="module")
def http(zoo: Service) -> TestClient:
    return client_of(zoo, public_url=None)


@pytest.fixture(scope="module")
def client(http: TestClient) -> OpenAI:
    return OpenAI(base_url="http://testserver/v1", api_key="unused", http_client=http, max_retries=0)


def user(*texts: str) -> list[Any]:
    return [{"role": "user", "content": text} for text in texts]


def complete(client: OpenAI, *texts: str, **given: Any) -> Any:
    return client.chat.completions.create(model="normqa", messages=user(*texts), **given)


def test_model_is_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["normqa"]
    assert client.models.retrieve("normqa").owned_by == "normqa"


def test_answer_is_a_numbered_block_quote_with_link_and_source(client: OpenAI, http: TestClient) -> None:
    [quote] = http.post("/ask", json={"question": QUESTION}).json()["quotes"]
    reply = complete(client, QUESTION)
    content = reply.choices[0].message.content
    url = f"http://testserver{quote['href']}"
    title = r"Birds \[of the zoo\]. Food."
    assert content.split("\n\n")[0] == f"> {PELICAN}\n>\n> — [1] [{title}]({url})"
    assert f"1. [{title}]({url}): birds, characters {quote['start']} to {quote['end']}" in content
    assert quote["sha256"] in content
    assert "Confidence: strong" in content
    assert reply.choices[0].finish_reason == "stop"


def test_links_are_those_of_the_public_url(zoo: Service) -> None:
    http = client_of(zoo)
    [quote] = http.post("/ask", json={"question": QUESTION}).json()["quotes"]
    client = OpenAI(base_url="http://testserver/v1", api_key="unused", http_client=http, max_retries=0)
    message = complete(client, QUESTION).choices[0].message
    assert quote["url"] == f"{PUBLIC_URL}{quote['href']}"
    assert f"]({quote['url']})" in message.content
    assert message.annotations[0].url_citation.url == quote["url"]


def test_rendered_quote_is_verbatim(client: OpenAI) -> None:
    html = MarkdownIt().render(complete(client, QUESTION).choices[0].message.content)
    assert f"<blockquote>\n<p>{PELICAN}</p>" in html


def test_annotations_point_at_the_block_quotes(client: OpenAI, http: TestClient) -> None:
    message = complete(client, QUESTION).choices[0].message
    [annotation] = message.annotations
    cited = annotation.url_citation
    block = message.content[cited.start_index : cited.end_index]
    assert block.startswith(f"> {PELICAN}")
    assert block.endswith(f"({cited.url})")
    assert cited.title == "Birds [of the zoo]. Food."
    assert "<mark" in http.get(cited.url, headers={"Accept": "text/html"}).text


def test_refusal_is_a_sentence_with_near_misses(client: OpenAI, http: TestClient) -> None:
    question = "Does the pelican boil?"
    body = http.post("/ask", json={"question": question}).json()
    assert (body["status"], len(body["near_misses"])) == ("not_found", 1)
    message = complete(client, question).choices[0].message
    blocks = message.content.split("\n\n")
    assert blocks[0].startswith("No answer found in these documents.")
    assert blocks[1] == "Closest passages, which may not answer the question:"
    assert blocks[2].startswith(f"> {PELICAN}")
    assert message.annotations == []


def test_usage_is_zero(client: OpenAI) -> None:
    assert complete(client, QUESTION).usage.total_tokens == 0


def test_stream_has_the_same_content_and_annotations(client: OpenAI) -> None:
    whole = complete(client, QUESTION).choices[0].message
    chunks = list(complete(client, QUESTION, stream=True))
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    assert sum(bool(delta.content) for delta in deltas) > 1
    annotations = [found for delta in deltas for found in getattr(delta, "annotations", None) or []]
    assert annotations == [annotation.model_dump() for annotation in whole.annotations]
    assert [chunk.choices[0].finish_reason for chunk in chunks][-2:] == [None, "stop"]
    assert len({chunk.id for chunk in chunks}) == 1


def test_stream_ends_with_usage_if_asked(client: OpenAI) -> None:
    *_, last = complete(client, QUESTION, stream=True, stream_options={"include_usage": True})
    assert (last.choices, last.usage.total_tokens) == ([], 0)


def test_earlier_user_messages_are_the_history(client: OpenAI) -> None:
    messages: list[Any] = [
        {"role": "system", "content": "Answer in rhymes about seals."},
        {"role": "user", "content": "Where does the walrus sleep?"},
        {"role": "assistant", "content": "> On ice."},
        {"role": "user", "content": [{"type": "text", "text": "And what do its pups drink?"}]},
    ]
    reply = client.chat.completions.create(model="normqa", messages=messages)
    content = reply.choices[0].message.content or ""
    assert re.match(r"Searched as: And what do its pups drink\? .*walrus", content)
    assert "Walrus pups drink milk." in content


def test_only_an_unusable_earlier_message_is_left_out(client: OpenAI) -> None:
    """A question that was refused once does not spoil the conversation."""
    reply = complete(client, "x" * 3000, " ", "bell\0", *["Who sleeps?"] * 30, QUESTION)
    assert PELICAN in reply.choices[0].message.content


def test_unknown_parameters_are_ignored(client: OpenAI) -> None:
    given = {"temperature": 0.7, "max_tokens": 1, "seed": 1, "user": "u", "extra_body": {"top_k": "x"}}
    reply = complete(client, QUESTION, n=1, tools=[], response_format={"type": "text"}, **given)
    assert PELICAN in reply.choices[0].message.content


@pytest.mark.parametrize(
    ("given", "param", "words"),
    [
        ({"n": 2}, "n", "one answer"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools", "calls no tools"),
        ({"functions": [{"name": "f"}]}, "functions", "calls no tools"),
        ({"modalities": ["text", "audio"]}, "modalities", "text only"),
        ({"audio": {"voice": "alloy", "format": "wav"}}, "audio", "text only"),
        ({"response_format": {"type": "json_object"}}, "response_format.type", "Markdown"),
    ],
)
def test_what_is_not_supported_is_refused(
    client: OpenAI, given: dict[str, Any], param: str, words: str
) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        complete(client, QUESTION, **given)
    assert raised.value.param == param
    assert words in raised.value.message
    assert (raised.value.type, raised.value.code) == ("invalid_request_error", "invalid")


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        (user("x" * 2001), "at most 2000 characters"),
        (user(" "), "must not be blank"),
        ([], "contains no question"),
        ([{"role": "system", "content": "Hello."}], "contains no question"),
        ([{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}], "only text"),
        ([{"role": "bird", "content": "Hello."}], "role"),
    ],
)
def test_unusable_questions_are_refused(client: OpenAI, messages: list[Any], words: str) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(model="normqa", messages=messages)
    assert words in raised.value.message


def test_unknown_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        client.chat.completions.create(model="gpt-4o", messages=user(QUESTION))
    assert raised.value.code == "model_not_found"
    assert "Use 'normqa'" in raised.value.message
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_errors_of_the_index_keep_their_status_and_code(built: Built) -> None:
    service = built(FILES)
    (service.settings.index_folder / "CURRENT").unlink()
    broken = OpenAI(
        base_url="http://testserver/v1", api_key="unused", http_client=client_of(service), max_retries=0
    )
    with pytest.raises(openai.InternalServerError) as raised:
        complete(broken, QUESTION)
    assert (raised.value.status_code, raised.value.code) == (503, "no_index")
    assert str(service.settings.index_folder.parent) not in raised.value.message


def test_conversations_may_be_longer_than_other_requests(client: OpenAI) -> None:
    long: list[Any] = [{"role": "assistant", "content": "x" * 900_000}]
    reply = client.chat.completions.create(model="normqa", messages=long + user(QUESTION))
    assert PELICAN in (reply.choices[0].message.content or "")
    with pytest.raises(openai.APIStatusError) as raised:
        client.chat.completions.create(model="normqa", messages=long + long + user(QUESTION))
    assert (raised.value.status_code, raised.value.code) == (413, "too_large")
    assert "1,000,000 bytes" in raised.value.message


def test_addresses_have_the_path_prefix(zoo: Service) -> None:
    prefixed = client_of(zoo, public_url=None)
    prefixed.headers["X-Forwarded-Prefix"] = "/docs"
    prefixed.headers["X-Forwarded-Proto"] = "https"
    app: Any = prefixed.app

    async def from_proxy(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": ("127.0.0.1", 1)}, receive, send)

    client = OpenAI(
        base_url="http://testserver/v1",
        api_key="unused",
        http_client=TestClient(from_proxy, headers=dict(prefixed.headers)),
    )
    [annotation] = complete(client, QUESTION).choices[0].message.annotations
    assert annotation.url_citation.url.startswith("https://testserver/docs/documents/birds?start=")


def test_open_webui_gets_source_events(client: OpenAI, http: TestClient) -> None:
    body = {"model": "normqa", "messages": user(QUESTION), "stream": True}
    plain = http.post("/v1/chat/completions", json=body).text
    shown = http.post("/v1/chat/completions", json=body, headers=OPEN_WEBUI).text
    assert '"event"' not in plain
    assert '"event":{"type":"source"' in shown
    assert f'"document":["{PELICAN}"]' in shown
    chunks = list(complete(client, QUESTION, stream=True, extra_headers=OPEN_WEBUI))
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("task", "reply"),
    [
        ("title_generation", '{"title": ""}'),
        ("tags_generation", '{"tags": []}'),
        ("follow_up_generation", '{"follow_ups": []}'),
        ("query_generation", '{"queries": []}'),
        ("emoji_generation", ""),
        ("anything", ""),
    ],
)
def test_tasks_of_open_webui_get_a_fixed_reply_without_a_search(
    client: OpenAI, monkeypatch: pytest.MonkeyPatch, task: str, reply: str
) -> None:
    def fail(_: Service) -> None:
        raise AssertionError

    monkeypatch.setattr(Service, "current", fail)
    headers = {"X-OpenWebUI-Task": task}
    assert complete(client, QUESTION, extra_headers=headers).choices[0].message.content == reply


@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        ("### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing …", '{"title": ""}'),
        ("Create a concise, 3-5 word title with an emoji as a title for the chat history …", "normqa"),
        ("### Task:\nGenerate 1-3 broad tags categorizing the main themes …", '{"tags": []}'),
        ("### Task:\nSuggest 3-5 relevant follow-up questions or prompts …", '{"follow_ups": []}'),
    ],
)
def test_known_prompts_of_open_webui_get_a_fixed_reply(client: OpenAI, prompt: str, reply: str) -> None:
    assert complete(client, prompt).choices[0].message.content == reply


@pytest.mark.parametrize("task", ["", "{{TASK}}"])
def test_question_without_a_task_is_answered(client: OpenAI, task: str) -> None:
    reply = complete(client, QUESTION, extra_headers={"X-OpenWebUI-Task": task})
    assert PELICAN in reply.choices[0].message.content
