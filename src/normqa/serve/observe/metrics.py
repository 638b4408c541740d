"""Metrics for Prometheus, added up over the worker processes."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from normqa.datatypes import Answer
from normqa.errors import NormqaError
from normqa.serve.observe.facts import facts_of_answer
from normqa.serve.observe.shared import SHARED_FOLDER
from normqa.service import BuildResult, Service
from normqa.timing.timer import Timer

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_TENTHS = tuple(tenth / 10 for tenth in range(1, 11))


class Metrics:
    """Figures of this process. No figure contains a question, a document or a client.

    Args:
        service: Opens the generation that answers.
    """

    def __init__(self, service: Service) -> None:
        own = CollectorRegistry()
        self._questions = Counter(
            "normqa_questions",
            "Questions by outcome, and by reason if refused.",
            ["outcome", "reason"],
            registry=own,
        )
        self._stages = Histogram(
            "normqa_stage_seconds",
            "Seconds of each stage of an answer.",
            ["stage"],
            buckets=_SECONDS,
            registry=own,
        )
        self._confidence = Histogram(
            "normqa_confidence",
            "Confidence of answers and refusals that have one.",
            buckets=_TENTHS,
            registry=own,
        )
        self._errors = Counter("normqa_errors", "Requests that failed, by code.", ["code"], registry=own)
        self._lost = Counter(
            "normqa_question_log_lost", "Rows of the question log that could not be written.", registry=own
        )
        self._builds = Counter("normqa_builds", "Builds by result.", ["result"], registry=own)
        self._queue = Gauge(
            "normqa_queue_length",
            "Questions that are being answered or wait.",
            registry=own,
            multiprocess_mode="livesum",
        )
        self._own = own
        self._current = _CurrentGeneration(service)

    def answered(self, answer: Answer, timer: Timer) -> None:
        """Count an answer or a refusal."""
        facts = facts_of_answer(answer)
        self._questions.labels(facts["outcome"], facts["reason"] or "").inc()
        for stage, spent in timer.milliseconds.items():
            self._stages.labels(stage).observe(spent / 1000)
        if answer.confidence is not None:
            self._confidence.observe(answer.confidence)

    def failed(self, code: str) -> None:
        """Count a request that failed."""
        self._errors.labels(code).inc()

    def questions_lost(self, count: int) -> None:
        """Count rows of the question log that could not be written."""
        self._lost.inc(count)

    def built(self, result: BuildResult) -> None:
        """Count a build."""
        self._builds.labels(result).inc()

    def queue_changed(self, length: int) -> None:
        """Record how many questions are being answered or wait in this process."""
        self._queue.set(length)

    def render(self) -> bytes:
        """Return the figures of all processes in Prometheus' text format."""
        registry, shared = self._own, os.environ.get(SHARED_FOLDER)
        if shared:
            _forget_dead(Path(shared))
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        of_index = CollectorRegistry()
        of_index.register(self._current)
        return generate_latest(registry) + generate_latest(of_index)


class _CurrentGeneration(Collector):
    """Reads age and size of the generation that answers when the figures are collected."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        generation = None
        with suppress(NormqaError):
            generation = self._service.current().generation
        usable = GaugeMetricFamily("normqa_index_usable", "1 if an index answers, else 0.")
        usable.add_metric([], float(generation is not None))
        yield usable
        if generation is None:
            return
        manifest = generation.manifest
        age = GaugeMetricFamily(
            "normqa_generation_age_seconds", "Seconds since the generation was built.", labels=["generation"]
        )
        built_at = datetime.fromisoformat(manifest.built_at)
        age.add_metric([manifest.generation], (datetime.now(UTC) - built_at).total_seconds())
        yield age
        for name, count in (("documents", generation.documents), ("passages", generation.passages)):
            size = GaugeMetricFamily(f"normqa_{name}", f"Number of {name}.")
            size.add_metric([], count)
            yield size


def _forget_dead(folder: Path) -> None:
    """Drop the gauges of processes that have ended. Their counters stay."""
    for path in folder.glob("gauge_live*.db"):
        process = path.stem.rpartition("_")[2]
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(process)  # type: ignore[no-untyped-call]
        except (PermissionError, ValueError):
            continue
