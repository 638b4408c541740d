"""Retrieval figures: how high the documents that answer are ranked, by the path that every question takes."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from normqa.embed import Encoder
from normqa.evaluate.collection import Collection
from normqa.index.generation import Generation
from normqa.index.progress import Progress
from normqa.search.retrieve import retrieve

DEPTH = 100
"""How many documents are ranked for a question."""

PASSAGES = 300
"""How many passages are looked at for them; a document ranks where its best passage does."""

MEASURES = {"ndcg@10": nDCG @ 10, "recall@10": R @ 10, "recall@100": R @ 100, "mrr@10": RR @ 10}
BOOTSTRAP_SAMPLES = 1000


@dataclass(frozen=True, slots=True)
class RankingFigures:
    """What an evaluation found.

    Attributes:
        figures: Mean of each measure over the questions, ``questions``, and ``seconds_per_question``.
        intervals: For each measure the 95 % interval of its mean, by bootstrap over the questions.
    """

    figures: dict[str, float]
    intervals: dict[str, tuple[float, float]]


def sample(questions: Mapping[str, str], limit: int | None) -> dict[str, str]:
    """At most ``limit`` questions, drawn with seed 0 from their sorted ids."""
    ids = sorted(questions)
    chosen = sorted(random.Random(0).sample(ids, limit)) if limit is not None and limit < len(ids) else ids  # noqa: S311
    return {each: questions[each] for each in chosen}


def evaluate_ranking(
    collection: Collection, generation: Generation, encoder: Encoder, limit: int | None, progress: Progress
) -> RankingFigures:
    """Ranks documents for the questions of a collection, and measures the rankings.

    Args:
        collection: With its judgements.
        generation: Its index.
        encoder: The one that it was built by.
        limit: How many questions at most; the collection stays whole.
        progress: Told how far it is.
    """
    questions = sample(collection.questions, limit)
    progress.stage(f"Asking the questions of {collection.name}", len(questions))
    run = []
    start = time.perf_counter()
    for question_id, question in questions.items():
        ranking = _rank(question, generation, encoder)
        run += [ir_measures.ScoredDoc(question_id, each, -rank) for rank, each in enumerate(ranking)]
        progress.advance()
    seconds = (time.perf_counter() - start) / len(questions)
    qrels = [
        ir_measures.Qrel(question_id, document_id, relevance)
        for question_id in questions
        for document_id, relevance in collection.qrels[question_id].items()
    ]
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(questions, 0.0) for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        values[names[metric.measure]][metric.query_id] = metric.value
    means = {name: float(np.mean(list(each.values()))) for name, each in values.items()}
    return RankingFigures(
        figures=means | {"questions": len(questions), "seconds_per_question": seconds},
        intervals={name: bootstrap(list(each.values())) for name, each in values.items()},
    )


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile interval of the mean (Efron 1979), from seeded resamples of the values."""
    generator = np.random.default_rng(0)
    array = np.asarray(values)
    draws = [generator.choice(array, len(array)).mean() for _ in range(BOOTSTRAP_SAMPLES)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def _rank(question: str, generation: Generation, encoder: Encoder) -> list[str]:
    """Ids of documents, best first, each once."""
    hits = retrieve(generation, question, encoder.encode_question(question), PASSAGES)
    return list(dict.fromkeys(hit.passage.document_id for hit in hits))[:DEPTH]
