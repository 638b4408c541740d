"""The look-up of the notes' facts finds them in any notation, and reports missing ones."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SHEET = """# Facts

### Herons [herons]
- counted 28-31 Oct 2024 and 9 May; 2,100+ birds, 62 % of them grey; report A/70/174, resolution 70/237
- decision PC.DEC/1106, eleven sites, USD 1.5m, period 2019-21 (September)

### Terns [terns]
- seen 1 July 2004

## PITFALLS
- never write 7,777 or A/RES/70/174

## SOURCES
- a https://example.org/herons
"""


def _look_up(folder: Path, body: str, *options: str) -> tuple[int, list[str]]:
    (folder / "sheet").write_text(SHEET, encoding="utf-8")
    note = f"---\ntopics: [herons]\ndate: 1999-09-09\n---\n{body}\n"
    (folder / "corpus" / "heron.md").write_text(note, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "facts.py"), str(folder / "sheet"), *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("body", "facts"),
    [
        ("From 28 to 31 October 2024, on October 28, 2024, on 2024-10-31, in Oct. 2024, in October", 6),
        ("On 9 May 2024, in September 2019, in 2021, from 2019 to 2021 and in 2019–2021", 7),
        ("2100 birds, 62 per cent, 62%, 62", 4),
        ("A/70/174, A/RES/70/237, 70/237, PC.DEC/1106, Decision 1106", 5),
        ("Eleven sites, 11 sites, the 11th", 3),
        ("USD 1.5 million, 1,500,000", 2),
        ("See <https://example.org/herons>.", 1),
        ("3. One [first](../99/98.md) sight", 0),
    ],
)
def test_a_fact_is_found_however_it_is_written(tmp_path: Path, body: str, facts: int) -> None:
    """Neither the day of writing, nor an item's number, nor a note's path is one."""
    total = f"1 files, {facts} facts: {facts} under their topics, 0 elsewhere, 0 nowhere"
    assert _look_up(tmp_path, body) == (0, [total])


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    "fact",
    [
        "30 October 2024",
        "November 2024",
        "1998",
        "2,101",
        "63%",
        "A/70/175",
        "A/RES/70/174",
        "7,777",
        "twenty-one",
        "NIS2",
        "https://example.org/terns",
    ],
)
def test_missing_fact_is_reported_with_its_line(tmp_path: Path, fact: str) -> None:
    """A fact that appears only in a warning of the sheet is missing too."""
    code, lines = _look_up(tmp_path, f"Herons.\n\nA fact: {fact}.")
    assert code == 1
    assert lines[0] == f"heron.md:7: {fact!r} is nowhere in the sheet"
    assert lines[-1].endswith("1 nowhere")


@pytest.mark.usefixtures("corpus")
def test_what_stands_under_another_topic_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    total = "1 files, 1 facts: 0 under their topics, 1 elsewhere, 0 nowhere"
    assert _look_up(tmp_path, "1 July 2004") == (0, [total])
    told = "heron.md:5: '1 July 2004' is elsewhere in the sheet"
    assert _look_up(tmp_path, "1 July 2004", "--elsewhere") == (0, [told, total])
