"""Suggested questions."""

from normqa.serve.pages.suggestions import suggested_questions
from tests.serve.conftest import Built


def _asks(*questions: str) -> str:
    lines = "".join(f"\n  - {question}" for question in questions)
    return f"---\nquestions:{lines}\n---\nThe pelican.\n"


def test_suggestions_are_spread_over_the_corpus(built: Built) -> None:
    files = {f"{number:02}.md": _asks(f"Question {number}?", "Another?") for number in range(10)}
    store = built(files).generation().store
    assert suggested_questions(store) == [f"Question {number}?" for number in (0, 2, 4, 6, 8)]


def test_title_that_is_a_question_is_suggested(built: Built) -> None:
    files = {
        "a.md": "---\ntitle: Who eats herring?\n---\nThe pelican.\n",
        "b.md": "# Herons\n\nThe heron.\n",
        "c.md": _asks("Who eats herring?"),
    }
    assert suggested_questions(built(files).generation().store) == ["Who eats herring?"]
    assert suggested_questions(built({"b.md": "The heron."}).generation().store) == []
