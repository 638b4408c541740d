"""The metadata that an Office Open XML file states about itself."""

import re
from collections import Counter

from normqa.datatypes import Metadata
from normqa.load.office.package import Package, tag
from normqa.load.problem import LoadError
from normqa.text.canonical import one_line

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EMPTY_TITLES = frozenset({"", "powerpoint presentation", "untitled", "word document", "pptx title"})


def core_metadata(package: Package, left_out: Counter[str]) -> Metadata:
    """Return title, authors, date and language of the file; empty where it states none.

    Damage costs the metadata, not the document.
    """
    name = package.related("", "core-properties") or "docProps/core.xml"
    if name not in package:
        return Metadata()
    try:
        root = package.xml(name)
    except LoadError:
        left_out["metadata"] = 1
        return Metadata()
    values = {tag(element): one_line(element.text or "") for element in root}
    title = values.get("title", "")
    authors = tuple(filter(None, map(one_line, values.get("creator", "").split(";"))))
    date = next((values[key] for key in ("modified", "created") if _DATE.match(values.get(key, ""))), "")
    return Metadata(
        title=None if title.casefold() in _EMPTY_TITLES else title,
        authors=authors,
        date=date[:10] or None,
        language=values.get("language") or None,
    )
