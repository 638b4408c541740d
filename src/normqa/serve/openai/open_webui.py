"""Open WebUI: the sources beside an answer, and requests that are not questions.

Open WebUI asks the model for a title, tags, follow-up questions and more. Newer versions name the task in the
header X-OpenWebUI-Task, if it is configured to be sent. Older ones only send a prompt.
"""

import re
from collections.abc import Mapping
from typing import Any

from normqa.serve.openai.content import CitedQuote, Content

_PREFIX = "x-openwebui-"
TASK_HEADER = "X-OpenWebUI-Task"

_REPLIES = {
    "title": '{"title": ""}',  # Open WebUI then uses the question as the title
    "tags": '{"tags": []}',
    "follow_up": '{"follow_ups": []}',
    "query": '{"queries": []}',
    "autocomplete": '{"text": ""}',
    "image_prompt": '{"prompt": ""}',
    "name": "normqa",  # a title for versions that want it as it is
}
"""Replies by the word that the name of a task contains. They suggest nothing."""

_PROMPTS = {
    r"### Task:\nGenerate a concise, \S+ word title": "title",
    r"### Task:\nGenerate \S+ broad tags": "tags",
    r"### Task:\nSuggest \S+ relevant follow-up": "follow_up",
    r"### Task:\nAnalyze the chat history to determine": "query",
    r"### Task:\nYou are an autocompletion system": "autocomplete",
    r"### Task:\nGenerate a detailed prompt for am? image": "image_prompt",
    r"(?:Here is the query:|Create a concise, \S+ word)": "name",
    r"Your task is to reflect the speaker's likely facial expression": "emoji",
    r"You have been provided with a set of responses from various models": "summary",
}
"""Tasks by the beginnings of the prompts of versions that do not name them."""


def is_open_webui(headers: Mapping[str, str]) -> bool:
    """Return whether Open WebUI sent the request."""
    return any(name.lower().startswith(_PREFIX) for name in headers)


def task_reply(headers: Mapping[str, str], question: str = "") -> Content | None:
    """Return the reply to a task of Open WebUI; None if the request is a question.

    Args:
        headers: Headers of the request.
        question: The last user message.
    """
    task = _task_of(headers, question)
    if task is None:
        return None
    reply = next((reply for word, reply in _REPLIES.items() if word in task), "")
    return Content((reply,))


def source_event(cited: CitedQuote) -> dict[str, Any]:
    """Return the event that shows a quote as a source."""
    title = str(cited.quote.citation)
    return {
        "type": "source",
        "data": {
            "source": {"name": title, "url": cited.url},
            "document": [cited.quote.text],
            "metadata": [{"source": cited.url, "name": title}],
        },
    }


def _task_of(headers: Mapping[str, str], question: str) -> str | None:
    named = headers.get(TASK_HEADER, "").strip().lower()
    # Versions that do not know the placeholder of the task send it as it is.
    if named and not named.startswith("{"):
        return named
    return next((task for prompt, task in _PROMPTS.items() if re.match(prompt, question.lstrip())), None)
