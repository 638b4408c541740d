"""Export a corpus of Markdown as web pages, Word documents or PDF, with its gold set.

The exported files hold the same text, so answers should be the same: compare ``normqa eval --gold`` on the
corpus and on the export. A document ``a/b`` becomes ``a/b.pdf``, and the gold set names it so; the front
matter becomes a file ``a/b.pdf.meta.yaml``. PDF is printed by Chromium.
"""

import argparse
import hashlib
import html
import io
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

CHROMIUM = "/usr/bin/chromium"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TABLE_MARKS = {
    f"{name}_{end}": f"<{'/' * (end == 'close')}w:{mark}>"
    for name, mark in {"table": "tbl", "tr": "tr", "th": "tc", "td": "tc"}.items()
    for end in ("open", "close")
}
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def main() -> None:
    """Write the exported corpus and its gold set into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder of Markdown files")
    parser.add_argument("out", type=Path, help="folder to write corpus/, gold.jsonl and floors.json into")
    parser.add_argument("--format", choices=sorted(WRITERS), required=True)
    parser.add_argument("--gold", type=Path, default=Path("tests/gold/gold.jsonl"))
    arguments = parser.parse_args()
    write, suffix = WRITERS[arguments.format], f".{arguments.format}"
    for source in sorted(arguments.corpus.rglob("*.md")):
        front, body = split_front_matter(source.read_text(encoding="utf-8"))
        name = source.relative_to(arguments.corpus).as_posix().removesuffix(".md") + suffix
        target = arguments.out / "corpus" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(write(body))
        if front:
            target.with_name(target.name + ".meta.yaml").write_text(front, encoding="utf-8")
    export_gold(arguments.gold, arguments.out, suffix)


def export_gold(gold: Path, out: Path, suffix: str) -> None:
    """Write the gold set with the ids of the exported documents, and its floors."""
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        for place in row["places"]:
            place["document"] += suffix
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (out / "gold.jsonl").write_text(text, encoding="utf-8")
    floors = json.loads(gold.with_name("floors.json").read_text(encoding="utf-8"))
    floors["gold_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (out / "floors.json").write_text(json.dumps(floors), encoding="utf-8")


def split_front_matter(text: str) -> tuple[str, str]:
    """Return the front matter and the rest."""
    if not text.startswith("---\n"):
        return "", text
    front, _, body = text[4:].partition("\n---\n")
    return front + "\n", body


def as_html(markdown: str) -> bytes:
    """Return a web page."""
    body = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)
    return f'<!doctype html><html><meta charset="utf-8"><body>{body}</body></html>'.encode()


def as_pdf(markdown: str) -> bytes:
    """Print a web page as PDF."""
    with tempfile.TemporaryDirectory() as folder:
        page, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_bytes(as_html(markdown))
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return printed.read_bytes()


def as_docx(markdown: str) -> bytes:
    """Return a Word document with numbered lists of its own."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    numbers: list[tuple[int, int]] = []  # kind of each list (0: bullets, 1: numbers) and its first number
    body = "".join(_blocks(tokens, numbers))
    levels = (("bullet", "•"), ("decimal", "%{}."))
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{kind}">'
        + "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{name}"/>'
            f'<w:lvlText w:val="{text.format(n + 1)}"/></w:lvl>'
            for n in range(9)
        )
        + "</w:abstractNum>"
        for kind, (name, text) in enumerate(levels)
    )
    instances = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{kind}"/>'
        + "".join(
            f'<w:lvlOverride w:ilvl="{n}"><w:startOverride w:val="{first}"/></w:lvlOverride>'
            for n in range(9)
        )
        + "</w:num>"
        for number, (kind, first) in enumerate(numbers, 1)
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/>'
        f'<w:pPr><w:outlineLvl w:val="{n - 1}"/></w:pPr></w:style>'
        for n in range(1, 7)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations([("officeDocument", "word/document.xml")]),
        "word/_rels/document.xml.rels": _relations(
            [("styles", "styles.xml"), ("numbering", "numbering.xml")]
        ),
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_W}>{abstract}{instances}</w:numbering>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'


def _blocks(tokens: Sequence[Token], numbers: list[tuple[int, int]]) -> Iterator[str]:
    lists: list[int] = []
    starts_item, style = False, ""
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                first = int(token.attrGet("start") or 1)
                numbers.append((int(token.type == "ordered_list_open"), first))
                lists.append(len(numbers))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                starts_item = True
            case "heading_open":
                style = f'<w:pStyle w:val="H{token.tag[1]}"/>'
            case "inline":
                number = ""
                if starts_item:
                    number = (
                        f'<w:numPr><w:ilvl w:val="{len(lists) - 1}"/><w:numId w:val="{lists[-1]}"/></w:numPr>'
                    )
                yield f"<w:p><w:pPr>{style}{number}</w:pPr>{''.join(_runs(token))}</w:p>"
                starts_item, style = False, ""
            case "fence" | "code_block":
                for line in token.content.rstrip("\n").split("\n"):
                    yield f"<w:p>{_run(line)}</w:p>"
            case kind if kind in _TABLE_MARKS:
                yield _TABLE_MARKS[kind]
            case _:
                pass


def _runs(inline: Token) -> Iterator[str]:
    for child in inline.children or ():
        if child.type in {"text", "code_inline"}:
            yield _run(child.content)
        elif child.type == "softbreak":
            yield _run(" ")
        elif child.type == "hardbreak":
            yield "<w:r><w:br/></w:r>"
        elif child.type == "html_inline":
            yield _run(html.unescape(child.content))


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


WRITERS: dict[str, Callable[[str], bytes]] = {"html": as_html, "docx": as_docx, "pdf": as_pdf}


if __name__ == "__main__":
    main()
