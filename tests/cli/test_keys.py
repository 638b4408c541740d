"""``normqa keys``."""

import json
from pathlib import Path

from normqa.serve.access.keys import KeyFile
from tests.cli.conftest import Run


def test_commands_add_list_and_revoke(run: Run, tmp_path: Path) -> None:
    path = str(tmp_path / "own" / "keys.json")
    added = run("keys", "add", "letter", "--scope", "ask", "--group", "hr", "--keys", path)
    key = added.out.decode().strip()
    assert (added.code, KeyFile(Path(path)).find(key) is not None) == (0, True)
    listed = run("keys", "list", "--json", "--keys", path).out.decode()
    assert json.loads(listed)[0].items() >= {"name": "letter", "scopes": ["ask"], "groups": ["hr"]}.items()
    assert key not in listed
    assert b"letter  ask  groups hr" in run("keys", "list", "--keys", path).out
    assert run("keys", "revoke", "letter", "--keys", path).code == 0
    assert run("keys", "list", "--keys", path).out == b""
    assert "no key with the name" in run("keys", "revoke", "letter", "--keys", path).failed(1)


def test_commands_need_a_file(run: Run) -> None:
    assert "--keys FILE" in run("keys", "list").failed(2)
