"""The way up: which generation answers, and that its answers hold."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from normqa.asker import PASSAGES_READ
from normqa.datatypes import Answer
from normqa.embed.hashing import HashingEncoder
from normqa.errors import (
    CorpusMissing,
    EncoderMismatch,
    IndexCorrupt,
    IndexMissing,
    NothingUsable,
    UnknownDocument,
)
from normqa.index.generation import publish
from normqa.index.plan import Drift
from normqa.search.verify import Match
from normqa.service import Service
from normqa.stopwatch import Stopwatch
from tests.conftest import SEED_QUESTION, STRATEGIES, WriteCorpus, asking

MakeService = Callable[..., Service]

QUESTION = "How many hotlines do states keep?"


def edition(number: int) -> dict[str, str]:
    """A corpus whose every sentence says which edition it is of."""
    return {
        name: f"# Hotlines\n\nIn edition {number}, states keep {number} hotlines, says {name}.\n"
        for name in ("a.md", "b.md", "c.md")
    }


def quoted(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


@pytest.fixture
def service(write_corpus: WriteCorpus, make_service: MakeService) -> Service:
    """A service with the first edition built."""
    write_corpus(edition(1))
    service = make_service()
    service.build()
    return service


def test_the_seed_question_is_answered_by_the_whole_list_in_order(seed_service: Service) -> None:
    answer = seed_service.ask(asking(SEED_QUESTION))
    assert (answer.status, answer.kind) == ("answered", "list")
    lead_in, *items = quoted(answer)
    assert lead_in == "The main strategies for building international norms on cybersecurity include:"
    assert [item.partition(":")[0] for item in items] == STRATEGIES
    assert [quote.span.start for quote in answer.quotes] == sorted(
        quote.span.start for quote in answer.quotes
    )


def test_a_question_that_the_documents_do_not_answer_is_refused(seed_service: Service) -> None:
    answer = seed_service.ask(asking("Who won the football match yesterday evening?"))
    assert (answer.status, answer.reason) == ("not_found", "nothing_relevant")
    assert answer.quotes == answer.near_misses == ()


def test_a_question_is_searched_in_canonical_form_and_kept_as_it_was_asked(service: Service) -> None:
    asked = " How many\r\nhotlines do  Zu\u0308rich's states keep?\t"
    answer = service.ask(asking(asked, 1))
    assert answer.question == asked
    assert answer.searched_as == "How many hotlines do Z\u00fcrich's states keep?"


def test_top_k_bounds_the_quotes_and_more_may_be_asked_for_than_are_usually_read(
    write_corpus: WriteCorpus, make_service: MakeService
) -> None:
    count = PASSAGES_READ + 4
    write_corpus({f"{n:02}.md": f"States keep {n} hotlines.\n" for n in range(count)})
    service = make_service()
    service.build()
    for top_k in (1, 3, count):
        assert len(service.ask(asking(QUESTION, top_k)).quotes) == top_k


def test_a_stopwatch_is_told_every_stage(service: Service) -> None:
    stopwatch = Stopwatch()
    service.ask(asking(QUESTION, 1), stopwatch)
    assert list(stopwatch.milliseconds) == ["open", "filter", "encode", "search", "read", "check"]
    assert all(milliseconds >= 0 for milliseconds in stopwatch.milliseconds.values())


def test_a_rebuild_is_in_force_for_the_next_question(
    service: Service, write_corpus: WriteCorpus, make_service: MakeService
) -> None:
    """Whether this service built it or another process did."""
    assert quoted(service.ask(asking(QUESTION, 1))) == ["In edition 1, states keep 1 hotlines, says a.md."]
    write_corpus(edition(2))
    service.build()
    assert quoted(service.ask(asking(QUESTION, 1))) == ["In edition 2, states keep 2 hotlines, says a.md."]
    write_corpus(edition(3))
    report = make_service().build()
    answer = service.ask(asking(QUESTION, 1))
    assert quoted(answer) == ["In edition 3, states keep 3 hotlines, says a.md."]
    assert (answer.generation, answer.built_at) == (report.manifest.generation, report.manifest.built_at)


def test_a_generation_is_opened_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.ask(asking(QUESTION, 1))
    first = service.generation()
    monkeypatch.setattr("normqa.service.Generation.open", None)
    service.ask(asking(QUESTION, 1))
    assert service.generation() is first


def test_a_request_keeps_its_generation_though_it_is_swept_away_meanwhile(
    service: Service, write_corpus: WriteCorpus, index: Path
) -> None:
    """Two rebuilds later its files are gone, and it still gives what it held."""
    held = service.generation()
    for number in (2, 3):
        write_corpus(edition(number))
        service.build()
    assert not (index / "generations" / held.name).exists()
    assert "In edition 1" in held.store.document("c").text
    assert list(held.lexical.search("hotlines", 10)) == [0, 1, 2]
    assert held.dense.search(HashingEncoder().encode_question(QUESTION), 3)
    assert service.generation().name != held.name


def test_what_was_removed_is_not_quoted_after_the_swap(
    service: Service, write_corpus: WriteCorpus, corpus: Path
) -> None:
    service.ask(asking(QUESTION, 9))
    (corpus / "a.md").unlink()
    write_corpus({"b.md": "Treaties bind states.\n"})
    service.build()
    answer = service.ask(asking(QUESTION, 9))
    assert {quote.citation.document_id: quote.text for quote in answer.quotes} == {
        "b": "Treaties bind states.",
        "c": "In edition 1, states keep 1 hotlines, says c.md.",
    }
    assert [document.id for document in service.documents()] == ["b", "c"]
    assert service.verify("says a.md").status == "not_found"
    with pytest.raises(UnknownDocument):
        service.document("a")


@pytest.mark.parametrize("damage", ["pointer", "part", "generation"])
def test_where_the_index_is_corrupt_no_older_generation_answers(
    damage: str, service: Service, make_service: MakeService, write_corpus: WriteCorpus, index: Path
) -> None:
    """Neither for a new service nor for one that has an older one open."""
    service.ask(asking(QUESTION, 1))
    write_corpus(edition(2))
    folder = index / "generations" / make_service().build().manifest.generation
    assert len(list((index / "generations").iterdir())) == 2
    if damage == "pointer":
        (index / "CURRENT").write_text("nonsense\n")
    elif damage == "part":
        (folder / "texts.sqlite").write_bytes(b"nonsense")
    else:
        folder.rename(index / "elsewhere")
    for each in (service, make_service()):
        for _ in range(2):
            with pytest.raises(IndexCorrupt) as corrupt:
                each.ask(asking(QUESTION, 1))
            assert "normqa build --full" in corrupt.value.hint
    service.build(full=True)
    for each in (service, make_service()):
        assert "edition 2" in each.ask(asking(QUESTION, 1)).quotes[0].text


def test_a_rollback_by_hand_answers_from_the_older_generation_and_says_so(
    service: Service, write_corpus: WriteCorpus, index: Path
) -> None:
    older = service.generation().name
    write_corpus(edition(2))
    service.build()
    publish(index, older)
    answer = service.ask(asking(QUESTION, 1))
    assert (answer.generation, "edition 1" in quoted(answer)[0]) == (older, True)
    assert service.status().drift == Drift(changed=("a.md", "b.md", "c.md"))


def test_another_encoder_is_refused_with_the_command_that_mends_it(
    service: Service, make_service: MakeService
) -> None:
    other = make_service(HashingEncoder(dimension=512))
    with pytest.raises(EncoderMismatch, match="'hashing'") as mismatch:
        other.ask(asking(QUESTION, 1))
    assert "Run normqa build" in mismatch.value.hint
    assert "NORMQA_ENCODER" in mismatch.value.hint
    assert other.status().drift == Drift(settings=("encoder",))
    assert other.build().built
    assert other.ask(asking(QUESTION, 1)).status == "answered"
    with pytest.raises(EncoderMismatch):
        service.ask(asking(QUESTION, 1))


def test_status_holds_the_index_against_the_corpus(service: Service, write_corpus: WriteCorpus) -> None:
    assert service.status().manifest == service.generation().manifest
    assert not service.status().drift
    write_corpus({"d.md": "More.\n", "a.md": "Changed.\n"})
    assert service.status().drift == Drift(added=("d.md",), changed=("a.md",))


def test_before_the_first_build_the_way_out_is_named(
    write_corpus: WriteCorpus, make_service: MakeService
) -> None:
    write_corpus(edition(1))
    service = make_service()
    for call in (
        service.generation,
        service.documents,
        service.status,
        lambda: service.document("a"),
        lambda: service.ask(asking(QUESTION)),
    ):
        with pytest.raises(IndexMissing, match="There is no index") as missing:
            call()
        assert missing.value.hint == "Run normqa build."


@pytest.mark.parametrize("is_there", [True, False])
def test_an_empty_corpus_without_an_index_has_no_documents_and_says_why(
    is_there: bool, make_service: MakeService, corpus: Path
) -> None:
    service = make_service()
    if not is_there:
        corpus.rmdir()
    assert service.corpus_is_empty()
    assert service.documents() == []
    with pytest.raises(IndexMissing, match=f"the corpus folder {corpus} holds no file to read"):
        service.generation()
    with pytest.raises(NothingUsable if is_there else CorpusMissing):
        service.build()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_question_to_an_empty_corpus_is_refused_because_there_is_nothing_to_search(
    is_there: bool, make_service: MakeService, corpus: Path
) -> None:
    if not is_there:
        corpus.rmdir()
    asked = " How many\nhotlines? "
    answer = make_service().ask(asking(asked))
    assert answer == Answer(
        question=asked,
        searched_as="How many hotlines?",
        kind="passages",
        quotes=(),
        has_lead_in=False,
        near_misses=(),
        confidence=None,
        band="uncalibrated",
        reason="empty_index",
        generation=None,
        built_at=None,
    )
    assert answer.status == "not_found"


def test_an_index_whose_corpus_was_emptied_still_answers(service: Service, corpus: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()
    assert service.ask(asking(QUESTION)).status == "answered"


def test_without_its_corpus_an_index_still_answers(service: Service, corpus: Path) -> None:
    shutil.rmtree(corpus)
    assert service.ask(asking(QUESTION, 1)).status == "answered"
    with pytest.raises(CorpusMissing):
        service.status()


def test_documents_come_by_id_and_each_by_its_own(service: Service) -> None:
    assert [document.id for document in service.documents()] == ["a", "b", "c"]
    assert service.document("b") == service.documents()[1]


def test_verify_looks_through_all_documents_in_canonical_form(
    write_corpus: WriteCorpus, make_service: MakeService
) -> None:
    write_corpus({"a.md": "Z\u00fcrich agrees.\n", "b.md": "So does\nZ\u00fcrich.\n"})
    service = make_service()
    service.build()
    found = service.verify("Zu\u0308rich")
    assert found.status == "exact"
    assert [(match.document_id, match.span.start) for match in found.matches] == [("a", 0), ("b", 8)]
    assert service.verify("So\r\ndoes").status == "whitespace"
    assert all(isinstance(match, Match) for match in found.matches)


def test_several_threads_may_ask_at_once(service: Service) -> None:
    expected = service.ask(asking(QUESTION))
    answers: list[Answer] = []

    def ask() -> None:
        answers.extend(service.ask(asking(QUESTION)) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 120


def test_whoever_asks_through_many_rebuilds_sees_no_error_and_no_mixture(
    service: Service, make_service: MakeService, write_corpus: WriteCorpus
) -> None:
    """Each answer is from the one generation it names: every quote is its slice of that one's text."""
    texts: dict[str | None, dict[str, str]] = {}
    answers: list[Answer] = []
    errors: list[Exception] = []
    done = threading.Event()

    def note_texts() -> None:
        generation = service.generation()
        texts[generation.name] = dict(generation.store.texts())

    def ask(each: Service) -> None:
        while not done.is_set():
            try:
                answers.append(each.ask(asking(QUESTION)))
            except Exception as error:
                errors.append(error)

    note_texts()
    threads = [threading.Thread(target=ask, args=(each,)) for each in (service, service, make_service())]
    for thread in threads:
        thread.start()
    for number in range(2, 11):
        write_corpus(edition(number))
        service.build()
        note_texts()
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(texts) == 10
    assert len({answer.generation for answer in answers}) > 3
    for answer in answers:
        stored = texts[answer.generation]
        assert len(answer.quotes) == 3
        for quote in answer.quotes:
            assert quote.text == quote.span.of(stored[quote.citation.document_id])
