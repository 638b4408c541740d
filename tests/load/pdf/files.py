"""Write small PDF files from their content streams."""

from collections.abc import Sequence

A4 = (0, 0, 595, 842)
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
BOLD = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"


def pdf(
    *pages: str, catalog: str = "", page: str = "", resources: str = "", objects: Sequence[str | bytes] = ()
) -> bytes:
    """A PDF.

    Args:
        *pages: The content stream of each page.
        catalog: More entries of the catalog.
        page: More entries of every page.
        resources: More entries of the resources of every page. ``/F1`` and ``/F2`` are fonts.
        objects: More objects; the first has number 5.
    """
    bodies: list[bytes] = [b"", b"", FONT.encode(), BOLD.encode()]
    bodies += [part.encode("latin-1") if isinstance(part, str) else part for part in objects]
    kids = []
    for content in pages:
        stream = content.encode("latin-1")
        bodies.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        contents = len(bodies)
        box = " ".join(map(str, A4))
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {contents} 0 R {page}"
            f" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> {resources} >> >>".encode("latin-1")
        )
        kids.append(f"{len(bodies)} 0 R")
    bodies[0] = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode("latin-1")
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def text(
    words: str, x: float = 72, y: float = 700, size: float = 12, before: str = "", font: str = "F1"
) -> str:
    """The content that writes words at a place."""
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT {before} /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET\n"
