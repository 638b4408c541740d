"""Questions offered under a refusal."""

from dataclasses import replace

import pytest

from normqa.serve.pages.conversation import Conversation
from normqa.serve.pages.corpus.known_questions import KnownQuestions
from normqa.serve.pages.corpus.offers import Offers
from normqa.service import Service
from tests.conftest import asking, covering_models
from tests.serve.conftest import Built


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"pelicans.md": "# Pelicans\n\nThe pelican eats herring.\n"}, covering_models())


@pytest.mark.parametrize(
    ("question", "known", "offered"),
    [
        ("Does the pelican boil?", "When does the pelican sleep?", ["When does the pelican sleep?"]),
        ("What is the boiling point of lead?", "What is the tipping point of a norm?", []),
    ],
    ids=["related", "unrelated"],
)
def test_known_questions_are_offered_where_something_related_was_found(
    service: Service, question: str, known: str, offered: list[str]
) -> None:
    snapshot = service.current()
    answer = snapshot.ask(asking(question))
    nearest = Offers.of(Conversation(question), answer, snapshot, KnownQuestions([known])).nearest
    assert [conversation.question for conversation in nearest] == offered


@pytest.mark.parametrize(("exact", "offered"), [(True, "What does the pelican boil?"), (False, None)])
def test_spelling_is_offered_where_the_question_was_searched_as_written(
    service: Service, exact: bool, offered: str | None
) -> None:
    snapshot = service.current()
    conversation = Conversation("What does the pelicam boil?", exact=exact)
    answer = snapshot.ask(replace(asking(conversation.question), exact=True))
    spelling = Offers.of(conversation, answer, snapshot, KnownQuestions([])).spelling
    assert (spelling and spelling.question) == offered
