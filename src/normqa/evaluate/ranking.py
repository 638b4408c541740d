"""Measure how high the relevant documents rank, through the same pipeline as every question."""

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
from normqa.evaluate.figures.bootstrap import Chosen, intervals
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.workspace import open_collection
from normqa.storage.home import IndexHome

DEPTH = 100
"""Documents ranked for a question."""

PASSAGES = 300
"""Passages ranked for a question; a document takes the rank of its best passage."""

Ranking = list[str]
"""Ids of documents, best first."""

MEASURES = {
    "ndcg@10": nDCG @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
    "mrr@10": RR @ 10,
}


def evaluate_beir(
    folder: Path,
    split: str,
    limit: int | None,
    models: Models,
    work: Path,
    progress: Progress,
    index: IndexHome | None = None,
) -> EvaluationResult:
    """Read and index a collection, and measure how its documents rank.

    Args:
        folder: Folder of the collection.
        split: Name of the judgements.
        limit: Maximum number of questions; all documents are indexed.
        models: Models to search with.
        work: Folder for indexes.
        progress: Receives progress.
        index: Where to build the index instead.

    Raises:
        CollectionUnusable: If the collection cannot be read.
    """
    collection = read_collection(folder, split)
    generation = open_collection(collection.name, collection.documents, models.encoder, work, progress, index)
    return evaluate_ranking(collection, AnswerPipeline(generation, models), limit, progress)


def evaluate_ranking(
    collection: Collection, pipeline: AnswerPipeline, limit: int | None, progress: Progress
) -> EvaluationResult:
    """Rank documents for the questions of a collection, and measure the rankings.

    Args:
        collection: Documents, questions and judgements.
        pipeline: Searches the index of the collection.
        limit: Maximum number of questions.
        progress: Receives progress.
    """
    questions = sample(collection.questions, limit)
    progress.stage(f"Asking the questions of {collection.name}", len(questions))
    run = {}
    start = time.perf_counter()
    for question_id, question in questions.items():
        run[question_id] = rank_documents(question, pipeline)
        progress.advance()
    seconds = (time.perf_counter() - start) / len(questions)
    result = measure_rankings(run, collection.qrels, ("ndcg@10", "recall@10", "recall@100", "mrr@10"))
    counts = {"questions": len(questions), "seconds_per_question": seconds}
    return EvaluationResult({**result.figures, **counts}, result.intervals)


def measure_rankings(
    run: Mapping[str, Ranking], qrels: Mapping[str, Mapping[str, int]], measures: Sequence[str]
) -> EvaluationResult:
    """Measure rankings.

    Args:
        run: Rankings by question id.
        qrels: Relevance by question id and document id.
        measures: Names in :data:`MEASURES`.

    Returns:
        The mean of every measure over the questions, with its interval; empty if there are no questions.
    """
    if not run:
        return EvaluationResult({})
    ranked = [
        ir_measures.ScoredDoc(question, document, -rank)
        for question, ranking in run.items()
        for rank, document in enumerate(ranking)
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
    columns = {name: np.array(list(by_question.values())) for name, by_question in values.items()}

    def means(chosen: Chosen) -> dict[str, float]:
        return {name: float(np.mean(column[chosen])) for name, column in columns.items()}

    return EvaluationResult(means(np.arange(len(run))), intervals(len(run), means))


def rank_documents(question: str, pipeline: AnswerPipeline) -> Ranking:
    """Rank documents by their best passages."""
    hits = pipeline.rank(question, PASSAGES)
    return list(dict.fromkeys(hit.passage.document_id for hit in hits))[:DEPTH]
