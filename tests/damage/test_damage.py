"""A sample of all kills and changes. ``python -m tests.damage`` makes all of them."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "trials"), [("kills", 50), ("flips", 15), ("writes", 12)])
def test_after_any_damage_answers_are_right_or_refused_and_a_build_repairs(kind: str, trials: int) -> None:
    """In processes that fork, which a process with threads must not do."""
    command = [sys.executable, "-m", "tests.damage", kind, str(trials)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stdout
