"""The ``normqa`` command.

Exit codes: 0 success (also when no answer is found), 1 failure (also when ``verify`` finds nothing, ``lint``
finds a problem or ``verify-index`` finds damage), 2 wrong usage, 3 a stale index (``status --exit-code``).
"""

from typing import Annotated

import typer

import normqa
from normqa.cli.ask import ask, verify
from normqa.cli.build import build, status
from normqa.cli.generations import export, generations, import_file, rollback, verify_index
from normqa.cli.keys import keys
from normqa.cli.lint import lint
from normqa.cli.mcp import mcp
from normqa.cli.quality.calibrate import calibrate
from normqa.cli.quality.evaluate import evaluate
from normqa.cli.serve import serve
from normqa.errors import InvalidRequest, InvalidSettings, NormqaError, UnknownDocument

_HINTS: dict[type[NormqaError], str] = {
    UnknownDocument: "normqa build --dry-run --json lists the ids of all documents."
}
"""Hints that name a command, for errors whose own hint cannot."""

app = typer.Typer(
    name="normqa",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"normqa {normqa.__version__}")
        raise typer.Exit


@app.callback()
def group(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Answer questions about a folder of documents with verbatim quotes."""


app.command()(build)
app.command()(ask)
app.command()(verify)
app.command()(serve)
app.command()(mcp)
app.command()(status)
app.command()(generations)
app.command()(rollback)
app.command(name="verify-index")(verify_index)
app.command()(export)
app.command(name="import")(import_file)
app.add_typer(keys, name="keys")
app.command()(lint)
app.command(name="eval")(evaluate)
app.command()(calibrate)


def main() -> None:
    """Run a command; end with a message and an exit code where normqa raises an error."""
    try:
        app(prog_name="normqa")
    except NormqaError as error:
        from normqa.cli import output

        output.error(error, _HINTS.get(type(error), error.hint))
        raise SystemExit(2 if isinstance(error, InvalidRequest | InvalidSettings) else 1) from None
