"""Distinct questions a second from eight clients, beside the bare throughput of the reranker on their pairs.

Bare, the pairs of one question after the other are scored in this process, as fast as one caller can. Runs
alternate; the medians are compared.

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
from normqa.answer.pipeline import Question
from normqa.models.load import load_encoder
from normqa.models.protocols import Reranker
from normqa.service import Service
from normqa.settings import read_settings


def main() -> None:
    """Prints both rates and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=80, help="a round")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--index", type=Path, help="kept, so that another run need not build it anew")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        questions = draw_corpus(corpus, given.documents, words_of(given.texts))
        settings = read_settings(corpus=corpus, index=given.index or Path(folder) / "index")
        models = Models.load(settings)
        if models.reranker is None:
            parser.error("there is no reranker to compare with")
        encoder = load_encoder(settings.encoder, settings.cache_folder)  # it remembers no question
        listening = Listening(models.reranker)
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
                bare.append(len(own) / seconds(partial(_scored, models.reranker, pairs)))
    ours, theirs = statistics.median(asked), statistics.median(bare)
    print(
        f"{given.clients} clients {ours:.2f} a second, bare {theirs:.2f} a second, ratio {ours / theirs:.3f}"
    )


def _all(address: tuple[str, int], questions: Sequence[str], clients: int) -> None:
    """Asks them all, each client its share."""

    def ask(own: Sequence[str]) -> None:
        client = Client(address)
        for question in own:
            client.ask(question)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(ask, [questions[n::clients] for n in range(clients)]))


def _scored(reranker: Reranker, pairs: Sequence[Pairs]) -> None:
    for question, texts in pairs:
        reranker.scores(question, texts)


if __name__ == "__main__":
    main()
