"""The commands for API keys: ``normqa keys add``, ``list`` and ``revoke``."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.errors import InvalidSettings

if TYPE_CHECKING:
    from normqa.serve.access.keys import KeyFile

keys = typer.Typer(no_args_is_help=True, help="Add, list and revoke API keys of the server.")

KeysOption = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="File of the keys. [default: the setting keys]")
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the key, such as its user.")]


class ScopeChoice(StrEnum):
    """What a key allows."""

    ASK = "ask"
    VERIFY = "verify"
    READ = "read"
    ADMIN = "admin"


@keys.command()
def add(
    name: NameArgument,
    scope: Annotated[
        list[ScopeChoice] | None,
        typer.Option("--scope", help="What the key allows; may be repeated. [default: ask, verify and read]"),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group", metavar="GROUP", help="Group whose documents the key shows; may be repeated."
        ),
    ] = None,
    path: KeysOption = None,
) -> None:
    """Add a key and print it.

    The file has only its hash, so the key cannot be printed again.
    """
    from normqa.cli import output
    from normqa.serve.access.identity import READER

    scopes = {choice.value for choice in scope} if scope else READER
    key = _key_file(path).add(name, scopes, group or [])  # type: ignore[arg-type]  # ScopeChoice has the scopes
    output.write(f"{key}\n")
    output.info("Keep this key: it is not shown again.")


@keys.command(name="list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="Print the keys as JSON.")] = False,
    path: KeysOption = None,
) -> None:
    """List the keys, without the keys themselves."""
    from normqa.cli import output

    rows = [
        {
            "name": key.name,
            "scopes": sorted(key.scopes),
            "groups": sorted(key.groups),
            "created": key.created,
        }
        for key in _key_file(path).all()
    ]
    if as_json:
        output.write(json.dumps(rows, indent=1) + "\n")
        return
    for row in rows:
        groups = f"groups {', '.join(row['groups'])}" if row["groups"] else "no groups"
        line = f"{row['name']}  {', '.join(row['scopes'])}  {groups}  {row['created']}"
        output.write(output.one_line(line) + "\n")


@keys.command()
def revoke(name: NameArgument, path: KeysOption = None) -> None:
    """Remove a key. The server rejects it from its next request on."""
    from normqa.cli import output

    _key_file(path).revoke(name)
    output.info(f"The key {name!r} is revoked.")


def _key_file(given: Path | None) -> "KeyFile":
    from normqa.serve.access.keys import KeyFile
    from normqa.settings import read_settings

    path = read_settings(keys=given).keys
    if path is None:
        raise InvalidSettings(
            "There is no file for API keys.", "Name one with --keys FILE or the setting keys."
        )
    return KeyFile(path)
