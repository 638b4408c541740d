"""Measure questions per second from eight clients, relative to the reranker alone.

The reranker alone scores the pairs of the same questions one after another in this process. Runs alternate;
medians are compared.

Usage: python benchmarks/load.py TEXTS [--documents N] [--questions N] [--clients N] [--rounds N]
           [--index DIR]
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from harness import Client, Listening, Pairs, draw_corpus, seconds, served, words_of

from normqa.answer.models import Models
from normqa.answer.question import Question
from normqa.models.load import load_encoder
from normqa.models.protocols import Reranker
from normqa.service import Service
from normqa.settings import read_settings


def main() -> None:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=80, help="per round")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--index", type=Path, help="folder to keep the index in for the next run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        questions = draw_corpus(corpus, given.documents, words_of(given.texts))
        settings = read_settings(corpus=corpus, index=given.index or Path(folder) / "index")
        models = Models.load(settings)
        reranker = models.reranker
        if reranker is None:
            parser.error("this benchmark needs a reranker")
        encoder = load_encoder(settings.encoder, settings.cache_folder)  # without the cache of questions
        listening = Listening(reranker)
        learner = Service(settings, Models(encoder, listening, models.calibration))
        learner.build()
        service = Service(settings, models)
        service.warm_up()
        asked, bare = [], []
        with served(service, settings) as address:
            for number in range(given.rounds):
                own = questions[number * given.questions : (number + 1) * given.questions]
                listening.given.clear()
                for question in own:
                    learner.ask(Question(question, settings.top_k, settings.min_confidence))
                pairs = list(listening.given)
                asked.append(len(own) / seconds(partial(_all, address, own, given.clients)))
                bare.append(len(own) / seconds(partial(_scored, reranker, pairs)))
    ours, theirs = statistics.median(asked), statistics.median(bare)
    print(
        f"{given.clients} clients {ours:.2f} per second, reranker alone {theirs:.2f} per second,"
        f" ratio {ours / theirs:.3f}"
    )


def _all(address: tuple[str, int], questions: Sequence[str], clients: int) -> None:
    """Ask all questions, divided among the clients."""

    def ask(own: Sequence[str]) -> None:
        client = Client(address)
        for question in own:
            client.ask(question)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(ask, [questions[n::clients] for n in range(clients)]))


def _scored(reranker: Reranker, pairs: Sequence[Pairs]) -> None:
    for scored in pairs:
        reranker.scores(*scored)


if __name__ == "__main__":
    main()
