"""Retrieval figures: how high the documents that answer are ranked, by the path that every question takes."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline
from normqa.build.progress import Progress
from normqa.evaluate.collection import Collection, read_collection, sample
from normqa.evaluate.results import EvaluationResult
from normqa.evaluate.workspace import open_collection

DEPTH = 100
"""How many documents are ranked for a question."""

PASSAGES = 300
"""How many passages are looked at for them; a document ranks where its best passage does."""

Ranking = list[str]
"""Ids of documents, best first."""

MEASURES = {
    "ndcg@10": nDCG @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
    "mrr@10": RR @ 10,
}
BOOTSTRAP_SAMPLES = 1000


def evaluate_beir(
    folder: Path, split: str, limit: int | None, models: Models, work: Path, progress: Progress
) -> EvaluationResult:
    """Reads a collection, indexes it, and measures how its documents rank.

    Args:
        folder: Of the collection.
        split: Which judgements.
        limit: How many questions at most; the collection stays whole.
        models: What it is searched with.
        work: Folder of what is built.
        progress: Told how far it is.

    Raises:
        CollectionUnusable: If it cannot be read.
    """
    collection = read_collection(folder, split)
    generation = open_collection(collection.name, collection.documents, models.encoder, work, progress)
    return evaluate_ranking(collection, AnswerPipeline(generation, models), limit, progress)


def evaluate_ranking(
    collection: Collection, asker: AnswerPipeline, limit: int | None, progress: Progress
) -> EvaluationResult:
    """Ranks documents for the questions of a collection, and measures the rankings.

    Args:
        collection: With its judgements.
        asker: Searches its index.
        limit: How many questions at most; the collection stays whole.
        progress: Told how far it is.
    """
    questions = sample(collection.questions, limit)
    progress.stage(f"Asking the questions of {collection.name}", len(questions))
    run = {}
    start = time.perf_counter()
    for question_id, question in questions.items():
        run[question_id] = rank(question, asker)
        progress.advance()
    seconds = (time.perf_counter() - start) / len(questions)
    found = measure(run, collection.qrels, ("ndcg@10", "recall@10", "recall@100", "mrr@10"))
    counted = {"questions": len(questions), "seconds_per_question": seconds}
    return EvaluationResult({**found.figures, **counted}, found.intervals)


def measure(
    run: Mapping[str, Ranking], qrels: Mapping[str, Mapping[str, int]], measures: Sequence[str]
) -> EvaluationResult:
    """Measures rankings.

    Args:
        run: A ranking for each question, by id.
        qrels: For each question, how relevant each judged document is.
        measures: Names in :data:`MEASURES`.

    Returns:
        The mean of each measure over the questions, and its interval; nothing where there are no questions.
    """
    if not run:
        return EvaluationResult({})
    ranked = [
        ir_measures.ScoredDoc(question, document, -place)
        for question, ranking in run.items()
        for place, document in enumerate(ranking)
    ]
    judged = [
        ir_measures.Qrel(question, document, relevance)
        for question in run
        for document, relevance in qrels[question].items()
    ]
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(run, 0.0) for name in measures}
    names = {MEASURES[name]: name for name in measures}
    for metric in ir_measures.iter_calc(list(names), judged, ranked):
        values[names[metric.measure]][metric.query_id] = metric.value
    return EvaluationResult(
        {name: float(np.mean(list(each.values()))) for name, each in values.items()},
        {name: bootstrap(list(each.values())) for name, each in values.items()},
    )


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile interval of the mean (Efron 1979), from seeded resamples of the values."""
    generator = np.random.default_rng(0)
    array = np.asarray(values)
    draws = [generator.choice(array, len(array)).mean() for _ in range(BOOTSTRAP_SAMPLES)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def rank(question: str, asker: AnswerPipeline) -> Ranking:
    """Ids of documents, best first, each where its best passage ranks."""
    hits = asker.rank(question, PASSAGES)
    return list(dict.fromkeys(hit.passage.document_id for hit in hits))[:DEPTH]
