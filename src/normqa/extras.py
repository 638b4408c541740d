"""Optional dependencies, installed as ``normqa[NAME]``."""

from dataclasses import dataclass
from importlib.util import find_spec

from normqa.errors import NormqaError


@dataclass(frozen=True, slots=True)
class Extra:
    """A set of optional dependencies.

    Attributes:
        name: Name in ``pip install 'normqa[name]'``.
        modules: Modules that it installs, enough to detect it.
        hint: What to know before installing it.
    """

    name: str
    modules: tuple[str, ...]
    hint: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether all modules can be imported."""
        return all(map(_is_found, self.modules))

    def require(self, purpose: str, error: type[NormqaError]) -> None:
        """Raise an error with the install command unless the extra is installed.

        Args:
            purpose: What needs the extra; the subject of the error message.
            error: Type to raise.
        """
        if not self.is_installed:
            raise error(
                f"{purpose} needs the optional dependencies normqa[{self.name}].",
                f"Run pip install 'normqa[{self.name}]'.{self.hint}",
            )


MODELS = Extra(
    "models",
    ("torch", "transformers", "sentence_transformers"),
    " For the smaller CPU build of torch, first run"
    " pip install torch --index-url https://download.pytorch.org/whl/cpu.",
)
EVAL = Extra("eval", ("ir_measures", "scipy", "sklearn"))
MCP = Extra("mcp", ("mcp",))
MILVUS = Extra("milvus", ("pymilvus",))
RAY = Extra("ray", ("ray",))
OTEL = Extra("otel", ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"))


def _is_found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of a package that contains it
        return False
