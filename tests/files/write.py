"""Write the files of this folder, and their right texts."""

import json
import subprocess
import tempfile
from pathlib import Path

from tests.chromium import CHROMIUM
from tests.files.other import OTHERS
from tests.files.pdfs import PAGES, PDFS
from tests.files.printed import PRINTED, UNTAGGED

FOLDER = Path(__file__).parent


def write(name: str, content: bytes, right: str) -> None:
    """Write a file and its right text."""
    (FOLDER / name).write_bytes(content)
    (FOLDER / f"{name}.txt").write_text(right, encoding="utf-8")


def printed(page: str, *flags: str) -> bytes:
    """A web page as PDF.

    Args:
        page: The page.
        *flags: More flags of Chromium.
    """
    assert CHROMIUM
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(f"<!doctype html><meta charset=utf-8>{page}", encoding="utf-8")
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", *flags, source.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return target.read_bytes()


def main() -> None:
    """Write every file."""
    for name, (content, right) in (PDFS | OTHERS).items():
        write(name, content, right)
    for name, pages in PAGES.items():
        rows = [{"label": label, "words": words} for label, words in pages]
        (FOLDER / f"{name}.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for name, (page, right) in PRINTED.items() if CHROMIUM else ():
        write(name, printed(page), right)
    for name, (page, right) in UNTAGGED.items() if CHROMIUM else ():
        write(name, printed(page, "--disable-pdf-tagging"), right)


if __name__ == "__main__":
    main()
