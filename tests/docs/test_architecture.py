"""docs/architecture.md names every package and module of the first level."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from normqa.service import Service
from tests.conftest import ROOT, WriteCorpus
from tests.docs.pages import PAGES, names


def test_layers_are_the_packages_and_modules() -> None:
    source = ROOT / "src" / "normqa"
    expected = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in source.iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or path.is_dir())
    }
    assert {*names(PAGES["docs/architecture.md"], "package")} == expected


def test_layers_are_in_the_order_of_the_import_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    order = {name: row for row, layer in enumerate(layers) for name in layer.split(" | ")}
    rows = [
        order[name.removesuffix("/").removesuffix(".py")]
        for name in names(PAGES["docs/architecture.md"], "package")
    ]
    assert rows == sorted(rows)


def test_index_page_names_what_a_build_writes(
    write_corpus: WriteCorpus, make_service: Callable[..., Service], index: Path
) -> None:
    write_corpus({"a.md": "One."})
    make_service().build()
    written = {f"{path.name}/" if path.is_dir() else path.name for path in index.iterdir()}
    assert {"CURRENT", "shards/"} <= written
    assert {*re.findall(r"^- `([^`]+)`", PAGES["index/README.md"], re.MULTILINE)} >= written
