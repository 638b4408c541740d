"""Conversations as Markdown."""

from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from normqa.citations.markdown import conversation_markdown
from normqa.schema.answers import ConversationBody
from tests.conftest import asking
from tests.serve.conftest import Built

if TYPE_CHECKING:
    from normqa.service import Service

HOSTILE = "The pelican # eats *herring* [here](x) <b>or</b> `there` & | ~away~."


def test_markup_in_quotes_is_escaped(built: Built) -> None:
    service: Service = built({"a.txt": f"{HOSTILE}\n\n1) The walrus.\n\n- - -"})
    markdown = conversation_markdown([service.ask(asking("What does the pelican eat?"))]).decode()
    tokens = MarkdownIt().parse(markdown)
    texts = [
        "".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"
    ]
    assert texts[0] == "What does the pelican eat?"
    assert texts[1] == HOSTILE
    assert {token.type for token in tokens} <= {
        *("heading_open", "heading_close", "blockquote_open", "blockquote_close"),
        *("paragraph_open", "paragraph_close", "inline"),
    }


@pytest.mark.parametrize("text", ["1. One", "2) Two", "- three", "+ four", "=== five"])
def test_list_markers_in_quotes_are_escaped(text: str, built: Built) -> None:
    service: Service = built({"a.txt": f"The pelican:\n\n{text} pelican herring"})
    tokens = MarkdownIt().parse(conversation_markdown([service.ask(asking("pelican herring", 1))]).decode())
    assert not any("list" in token.type or token.type == "hr" for token in tokens)


def test_export_contains_refusals(built: Built) -> None:
    nothing = built({}).ask(asking("pelican"))
    assert b"There are no documents to search." in conversation_markdown([nothing])
    refused = built({"a.md": "The pelican."}).ask(asking("zebra"))
    assert b"No answer found in these documents." in conversation_markdown([refused])
    assert [answer.status for answer in ConversationBody.of([nothing, refused]).conversation] == [
        "not_found"
    ] * 2
