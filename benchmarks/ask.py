"""Measure POST /ask with warm models, relative to the models alone.

``POST /ask`` over a socket with default settings is compared with encoding the question and scoring the
same pairs. With ``NORMQA_RERANKER=none`` it is compared with encoding the question alone, and with
encoding and searching in process. Each question is asked once in each way, in alternating order. The
pairs are recorded beforehand. Medians are compared.

Usage: python benchmarks/ask.py TEXTS [--documents N] [--questions N] [--file QUESTIONS.jsonl]
           [--index DIR]

With a file of questions ("text" or "question" per line), the corpus is TEXTS itself. Otherwise documents
are drawn with the word frequencies of TEXTS.
"""

import argparse
import tempfile
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from harness import (
    Client,
    Listening,
    Pairs,
    draw_corpus,
    forget,
    paired,
    read_questions,
    seconds,
    served,
    show,
    words_of,
)

from normqa.answer.models import Models
from normqa.answer.pipeline import PASSAGES_READ
from normqa.answer.question import Question
from normqa.index.backend import Backend
from normqa.models.load import load_encoder
from normqa.models.protocols import Encoder, Reranker
from normqa.search.retrieve import DEPTH, retrieve
from normqa.service import Service
from normqa.settings import Settings, read_settings


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--index", type=Path, help="folder to keep the index in for the next run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = given.texts
        if given.file:
            questions = read_questions(given.file)
        else:
            corpus = Path(folder) / "corpus"
            questions = draw_corpus(corpus, given.documents, words_of(given.texts))
        settings = read_settings(corpus=corpus, index=given.index or Path(folder) / "index")
        compare(questions[: given.questions], settings)


def compare(questions: Sequence[str], settings: Settings) -> None:
    """Time every question in every way."""
    models = Models.load(settings)
    encoder = load_encoder(settings.encoder, settings.cache_folder)  # without the cache of questions
    reranker = models.reranker
    listening = Listening(reranker) if reranker else None
    learner = _service(settings, Models(encoder, listening, models.calibration))
    learner.build()
    learner.warm_up()
    pairs = []
    for question in questions:
        if listening:
            listening.given.clear()
            learner.ask(Question(question, settings.top_k, settings.min_confidence))
            pairs.append(list(listening.given))
    whole, bare, searching = [], [], []
    service = _service(settings, models)
    generation = service.generation()
    service.warm_up()
    forget()
    with served(service, settings) as address:
        client = Client(address)
        client.ask("What warms up?")
        for turn, question in enumerate(questions):
            given = pairs[turn] if pairs else []
            ours, theirs = paired(
                partial(client.ask, question),
                partial(_models_alone, encoder, reranker, question, given),
                turn,
            )
            whole.append(ours)
            bare.append(theirs)
            if not models.reranker:
                searching.append(seconds(partial(_in_process, encoder, generation, question)))
    print(f"{generation.manifest.passages:,} passages, {len(questions)} questions")
    show("/ask", whole, bare, "the models alone")
    if searching:
        show("/ask", whole, searching, "encoding and searching in process")


def _service(settings: Settings, models: Models) -> Service:
    return Service(settings, models)


def _models_alone(encoder: Encoder, reranker: Reranker | None, question: str, pairs: Sequence[Pairs]) -> None:
    encoder.encode_question(question)
    for scored in pairs:
        if reranker:
            reranker.scores(*scored)


def _in_process(encoder: Encoder, generation: Backend, question: str) -> None:
    list(islice(retrieve(generation, question, encoder.encode_question(question), DEPTH), PASSAGES_READ))


if __name__ == "__main__":
    main()
