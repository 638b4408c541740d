"""Headings that answer."""

import pytest

from normqa.datatypes import Answer
from tests.conftest import asking
from tests.serve.conftest import Built


def ask(built: Built, question: str, *texts: str) -> Answer:
    return built({f"{number}.md": text for number, text in enumerate(texts)}).ask(asking(question))


@pytest.mark.parametrize(
    ("markdown", "question", "heading"),
    [
        (
            "# Museum\n\n## Opening hours: 9 to 17\n\nRing the bell.",
            "What are the opening hours?",
            "Opening hours: 9 to 17",
        ),
        (
            "# Log\n\n## [1.2.0] - 2024-03-05\n\n### Added\n\n- Export to CSV.",
            "When was version 1.2.0 released?",
            "[1.2.0] - 2024-03-05",
        ),
        ("# Emergency number: 555-0101", "What is the emergency number?", "Emergency number: 555-0101"),
        ("# The museum is closed\n", "Who may visit the museum?", "The museum is closed"),
    ],
)
def test_heading_that_carries_the_answer_is_quoted(
    built: Built, markdown: str, question: str, heading: str
) -> None:
    assert ask(built, question, markdown).quotes[0].text == heading


@pytest.mark.parametrize(
    ("markdown", "question"),
    [
        ("# Log\n\n## Overview\n\nThe tool exports tables.\n", "What does the overview of the tool say?"),
        ("# Museum\n\n## Opening hours\n\nIt opens at nine.\n", "What are the opening hours?"),
        ("# Log\n\n## 1.2.0\n\nThe exporter writes files.\n", "What is new in 1.2.0?"),
    ],
)
def test_name_of_a_section_is_not_quoted(built: Built, markdown: str, question: str) -> None:
    headings = {line.strip("# ") for line in markdown.splitlines() if line.startswith("#")}
    answer = ask(built, question, markdown)
    assert answer.quotes
    assert not headings & {quote.text for quote in answer.quotes}
