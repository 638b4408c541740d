"""Shared fixtures: a corpus and an index for each test, and services that need no model."""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from normqa.answer.confidence import Calibration
from normqa.answer.models import Models
from normqa.answer.question import Question
from normqa.build.build import BuildOptions
from normqa.index import history
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.lexical import LexicalIndex
from normqa.index.manifest import FORMAT, Fingerprints, Manifest, ShardEntry
from normqa.index.passages import PassageStore
from normqa.index.vectors.dense import DenseIndex
from normqa.index.vectors.sentences import SentenceVectors
from normqa.models.hashing import HashingEncoder
from normqa.models.onnx.encoder import OnnxEncoder
from normqa.models.onnx.reranker import OnnxReranker
from normqa.models.protocols import Encoder
from normqa.service import Service
from normqa.settings import Settings

ROOT = Path(__file__).parents[1]
SEED = ROOT / "corpus" / "strategies.md"
TINY_ENCODER = ROOT / "tests" / "data" / "tiny-encoder"
TINY_RERANKER = ROOT / "tests" / "data" / "tiny-reranker"
"""Real ONNX models with random weights, written by ``training/make_tiny_models.py``."""

SEED_QUESTION = "What are the main strategies for building international norms on cybersecurity?"
STRATEGIES = [
    "1. Multilateral agreements and treaties",
    "2. Diplomatic engagement and dialogue",
    "3. Capacity building and technical assistance",
    "4. Public-private partnerships",
    "5. Norm entrepreneurship",
    "6. Confidence-building measures",
    "7. Cybersecurity capacity at the regional level",
]
MAX_FILE_BYTES = 10_000_000
OPTIONS = BuildOptions(max_file_bytes=MAX_FILE_BYTES, keep=3)
"""Build options of the default settings."""
TOGETHER = {"tests/models/": "torch", "tests/training/": "torch", "tests/web/": "browser"}
"""Folders whose tests share torch, which takes seconds to import, or a browser and a server."""

settings.register_profile(
    "normqa", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile("thorough", settings.get_profile("normqa"), max_examples=6_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "normqa"))

WriteCorpus = Callable[[Mapping[str, str | bytes]], Path]
BuildService = Callable[[Mapping[str, str | bytes]], Service]


def hashing_models(encoder: Encoder | None = None) -> Models:
    """The hashing encoder or the given one, without reranker and calibration."""
    return Models(encoder or HashingEncoder(), reranker=None, calibration=None)


def covering_models() -> Models:
    """The hashing encoder with a calibration: the more words of the question a sentence has, the surer.

    All of them give 1 / (1 + e^-4), which is 0.982; half of them 0.5; none 1 / (1 + e^4), which is 0.018.
    """
    encoder = HashingEncoder()
    calibration = Calibration(
        encoder=encoder.fingerprint,
        reranker=None,
        intercept=-4,
        weights={"coverage": 8},
        passages=(1, 1),
        fitted_on={},
        questions=0,
    )
    return Models(encoder, reranker=None, calibration=calibration)


def asking(question: str, top_k: int = 3) -> Question:
    """A question without filters and history; answers below a confidence of 0.3 are refusals."""
    return Question(question, top_k, min_confidence=0.3)


def a_manifest(documents: int, passages: int) -> Manifest:
    """The manifest of an imaginary generation with one shard."""
    shard = ShardEntry(name="0", key="", documents=documents, passages=passages, parts={})
    return Manifest(
        format=FORMAT,
        generation="20260102T030405.000000Z",
        built_at="2026-01-02T03:04:05+00:00",
        encoder_name="hashing",
        fingerprints=Fingerprints(encoder="e", splitter="s", loader="l", lexical="x"),
        dimension=2,
        shards=(shard,),
        parts={},
    )


def open_parts(folder: Path, documents: int, passages: int) -> Generation:
    """A generation with one shard, whose parts a test has written into a folder."""
    return Generation(
        a_manifest(documents, passages),
        PassageStore.open([folder]),
        DenseIndex.open([folder]),
        SentenceVectors.open([folder]),
        LexicalIndex.open([folder]),
    )


def parts_in_force(index: Path) -> dict[str, Path]:
    """The files of the current generation, which must have one shard, by name."""
    folder = IndexFolder(index)
    generation = folder.generation(folder.current().name)
    [shard] = Manifest.read(generation).shards
    folders = generation, folder.shard(shard.name)
    return {path.name: path for folder in folders for path in folder.rglob("*") if path.is_file()}


def roll_back(index: Path, name: str | None = None) -> Manifest:
    """Roll back to a generation of the hashing encoder; by default, to the one before the current one."""
    return history.roll_back(IndexFolder(index), name, HashingEncoder().fingerprint)


def damage(path: Path) -> None:
    """Flip one bit of a file."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


@cache
def tiny_models() -> Models:
    """Real ONNX models with random weights: an encoder and a reranker, without calibration."""
    encoder, reranker = OnnxEncoder("tiny", TINY_ENCODER), OnnxReranker("tiny", TINY_RERANKER)
    return Models(encoder, reranker, calibration=None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the files of folders that share something in :data:`TOGETHER` to one process."""
    from xdist.scheduler import LoadFileScheduling

    def part(nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((shared for folder, shared in TOGETHER.items() if file.startswith(folder)), file)

    scheduling = LoadFileScheduling(config, log)
    scheduling._split_scope = part
    return scheduling


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings of this machine out of the tests."""
    for name in [name for name in os.environ if name.upper().startswith("NORMQA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def tiny_encoder() -> OnnxEncoder:
    """An encoder that runs on onnxruntime: texts that share words are similar."""
    return OnnxEncoder("tiny", TINY_ENCODER)


@pytest.fixture(scope="session")
def tiny_reranker() -> OnnxReranker:
    """A reranker that runs on onnxruntime. Its scores mean nothing, but differ from text to text."""
    return OnnxReranker("tiny", TINY_RERANKER)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """An empty corpus folder."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A folder for an index."""
    return tmp_path / "index"


@pytest.fixture
def write_corpus(corpus: Path) -> WriteCorpus:
    """Write files into the corpus folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = corpus / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return corpus

    return write


@pytest.fixture
def make_service(corpus: Path, index: Path) -> Callable[..., Service]:
    """Make a service over the corpus and index of this test, by default with the hashing encoder."""

    def make(
        encoder: Encoder | None = None,
        max_file_bytes: int = MAX_FILE_BYTES,
        models: Models | None = None,
        keep_generations: int = 3,
    ) -> Service:
        return Service(
            Settings(
                corpus=corpus,
                index=index,
                max_file_bytes=max_file_bytes,
                keep_generations=keep_generations,
                keep_days=0,
            ),
            models or hashing_models(encoder),
        )

    return make


@pytest.fixture
def build_service(write_corpus: WriteCorpus, make_service: Callable[..., Service]) -> BuildService:
    """Write files into the corpus folder, and return a service that has built them."""

    def build(files: Mapping[str, str | bytes]) -> Service:
        write_corpus(files)
        service = make_service()
        service.build()
        return service

    return build


@pytest.fixture
def seed_service(build_service: BuildService) -> Service:
    """A service that has built the strategy text."""
    return build_service({"strategies.md": SEED.read_bytes()})
