"""Time rerankers on the texts that normqa reads for questions.

The first model answers every question, and what it was given is recorded. Then all models score these texts,
question by question and in alternating order. Sums of elapsed and processor time are printed, and their
ratios to those of the first model. A list must beat the first model's best sentence to be read whole, so give
a reader first to time it as it runs.

Usage: python benchmarks/rerank.py CORPUS --questions FILE.jsonl [--limit N] [--threads N]
           --model NAME [--model NAME …]

A line of the file has a "text" or a "question". Models are names or folders, as in the setting ``reranker``.
"""

import argparse
import tempfile
import time
from pathlib import Path

from harness import Listening, Pairs, read_questions

from normqa.answer.models import Models
from normqa.answer.question import Question
from normqa.models.load import load_reranker, warm_up
from normqa.service import Service
from normqa.settings import read_settings


def main() -> None:
    """Print a line per model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--threads", type=int, help="texts that are read at once")
    given = parser.parse_args()
    models = {name: model for name in given.model if (model := load_reranker(name, given.threads))}
    for model in models.values():
        warm_up(model)
    asked = record(given.corpus, read_questions(given.questions)[: given.limit], given.model[0])
    elapsed, used = dict.fromkeys(models, 0.0), dict.fromkeys(models, 0.0)
    for turn, calls in enumerate(asked):
        for name in list(models) if turn % 2 else reversed(models):
            started, worked = time.perf_counter(), time.process_time()
            for call in calls:
                models[name].scores(*call)
            elapsed[name] += time.perf_counter() - started
            used[name] += time.process_time() - worked
    print(f"{len(asked)} questions, {sum(len(call[1]) for calls in asked for call in calls)} texts")
    first = given.model[0]
    for name in models:
        whole, work = 1000 * elapsed[name] / len(asked), 1000 * used[name] / len(asked)
        ratios = elapsed[name] / elapsed[first], used[name] / used[first]
        print(
            f"{name}: {whole:.1f} ms a question ({ratios[0]:.2f}), processor {work:.1f} ms ({ratios[1]:.2f})"
        )


def record(corpus: Path, questions: list[str], model: str) -> list[list[Pairs]]:
    """Return what a reranker is given for each question."""
    recorded = []
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(corpus=corpus, index=Path(folder) / "index", reranker=model)
        models = Models.load(settings)
        if models.reranker is None:
            raise SystemExit("Without a reranker there is nothing to time.")
        listening = Listening(models.reranker)
        service = Service(settings, Models(models.encoder, listening, models.calibration))
        service.build()
        for question in questions:
            listening.given.clear()
            service.ask(Question(question, settings.top_k, settings.min_confidence))
            recorded.append(list(listening.given))
    return recorded


if __name__ == "__main__":
    main()
