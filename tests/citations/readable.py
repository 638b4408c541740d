"""Read exports of every format as text."""

import io

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree


def readable(name: str, raw: bytes) -> str:
    """Return the text of an export.

    Args:
        name: Name of its format.
        raw: Its bytes.
    """
    if name != "docx":
        return raw.decode()
    document = docx.Document(io.BytesIO(raw))
    notes = document.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES)
    texts = [each.text for each in document.paragraphs]
    return "\n".join([*texts, "".join(etree.fromstring(notes.blob).itertext())])
