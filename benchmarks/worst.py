"""Measure the worst requests relative to plain questions: searches, and CPU time.

The plain question has the median length of the gold questions and default options. A conversation is compared
with as many plain questions. Medians of alternating rounds are compared.

Usage: python benchmarks/worst.py [--rounds N]
"""

import argparse
import statistics
import time
from collections.abc import Mapping, Sequence

from harness import Listening

from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline
from normqa.answer.question import Question
from normqa.answer.searches import SearchCache
from normqa.models.load import load_encoder
from normqa.schema.requests.rules import MAX_HISTORY, MAX_QUESTION, MAX_TOP_K
from normqa.service import Service
from normqa.settings import read_settings
from normqa.timing.timer import Timer

PLAIN = "Which strategy uses hotlines between states to build trust?"
QUESTION = "And why is it so?"
COMPARISON = "What is the difference between it and them?"
TOPIC = "Which hotlines, treaties, meetings, reports, states and regional organisations build confidence?"
LONG = " ".join([TOPIC] * MAX_QUESTION)[:MAX_QUESTION]
FOLLOWUPS = [
    f"What is {topic} about them?" for topic in ("good", "bad", "old", "new", "fast", "slow", "fair")
]


def main() -> None:
    """Print the searches of every case, and the ratio of its CPU time to plain questions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    settings = read_settings()
    models = Models.load(settings)
    reranker = models.reranker
    if reranker is None:
        parser.error("this benchmark needs a reranker")
    service = Service(settings, models)
    service.build()
    listening = Listening(reranker)
    encoder = load_encoder(settings.encoder, settings.cache_folder)  # without the cache of questions
    pipeline = AnswerPipeline(service.generation(), Models(encoder, listening, models.calibration))
    for name, questions in _cases(settings.min_confidence).items():
        plain = [Question(PLAIN, settings.top_k, settings.min_confidence)]
        asked_times, plain_times = [], []
        for _ in range(rounds):
            listening.given.clear()
            asked_times.append(_cpu_seconds(pipeline, questions))
            searches = len(listening.given)
            plain_times.append(_cpu_seconds(pipeline, plain))
        ours, theirs = statistics.median(asked_times), statistics.median(plain_times)
        print(
            f"{name:32} {len(questions):3} questions {searches:3} searches {ours:7.2f} s CPU"
            f" {ours / theirs / len(questions):6.2f} times plain",
            flush=True,
        )


def _cases(min_confidence: float) -> Mapping[str, Sequence[Question]]:
    followups = (FOLLOWUPS * MAX_HISTORY)[: MAX_HISTORY - 1]
    histories = {
        "one earlier question": [TOPIC],
        "twenty follow-ups": [TOPIC, *followups],
        "twenty long questions": [LONG] * MAX_HISTORY,
    }
    cases = {
        f"{name}, {kind}": [Question(text, 3, min_confidence, history=tuple(history))]
        for name, history in histories.items()
        for kind, text in (("question", QUESTION), ("comparison", COMPARISON))
    }
    long = f"{LONG[: MAX_QUESTION - 20]} Who wrote it?"
    cases["long question"] = [Question(long, 3, min_confidence, history=(TOPIC, *followups))]
    cases["top_k 20"] = [Question(QUESTION, MAX_TOP_K, min_confidence, history=(TOPIC, *followups))]
    turns = [TOPIC, *followups, QUESTION]
    cases["conversation"] = [
        Question(turn, 3, min_confidence, history=tuple(turns[:place])) for place, turn in enumerate(turns)
    ]
    return cases


def _cpu_seconds(pipeline: AnswerPipeline, questions: Sequence[Question]) -> float:
    start, cache = time.process_time(), SearchCache()
    for question in questions:
        pipeline.ask(question, Timer(), cache)
    return time.process_time() - start


if __name__ == "__main__":
    main()
