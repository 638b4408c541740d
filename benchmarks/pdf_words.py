"""Count the words of PDF files that normqa misses or invents, beside those that pypdf reads.

pypdf is right where the order of the file is that of the text. It keeps running heads and hidden text, which
normqa leaves out, and splits words at line ends.

Usage: python benchmarks/pdf_words.py DIR
"""

import argparse
import io
import logging
import re
import unicodedata
from collections import Counter
from pathlib import Path

from pypdf import PdfReader

from normqa.datatypes import Metadata
from normqa.load.pdf.pdf import read_pdf

_SCRIPT = re.compile(r"[\^_]\(([^()]*)\)|[\^_]")
_WORD = re.compile(r"\w+")


def words_of(text: str) -> Counter[str]:
    """Count the words of a text, without the marks of superscripts and subscripts."""
    plain = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    return Counter(_WORD.findall(_SCRIPT.sub(lambda found: found[1] or "", plain)))


def main() -> None:
    """Print the words of each file that both can read, and their sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    logging.disable(logging.CRITICAL)
    files = same = total = missed = invented = 0
    for path in sorted(folder.rglob("*.pdf")):
        raw = path.read_bytes()
        try:
            ours = words_of(read_pdf("doc", raw, Metadata()).document.text)
            theirs = words_of("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages))
        except Exception:  # noqa: S112 - a file that one of them cannot read is not compared
            continue
        less, more = (theirs - ours).total(), (ours - theirs).total()
        files, same, total = files + 1, same + (less + more == 0), total + theirs.total()
        missed, invented = missed + less, invented + more
        print(f"{theirs.total():8} {less:6} {more:6}  {path.relative_to(folder)}")
    print(f"{files} files, {same} of them equal: {total} words, {missed} missed, {invented} invented")


if __name__ == "__main__":
    main()
