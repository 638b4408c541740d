"""Tell titles from the names that programs put in their place."""

import re

_SUFFIXES = (
    "pdf|e?ps|dvi|tex|docx?|dotx?|docm|rtf|od[tpsg]|pptx?|ppsx?|xlsx?|csv|hwpx?|wp[ds]|pub|indd|qx[dp]|ai|cdr|fm|pages|key"
    "|numbers|vsdx?|md|txt|log|x?html?|mht|php|aspx?|jsp|xml|jpe?g|png|tiff?"
)
_FILE_NAME = re.compile(rf".*\.(?:{_SUFFIXES})(?:[?#]\S*)?|\S*_\S*", re.IGNORECASE)
_PATH = r"(?:[a-z]:|\\|~?/)[/\\]?[^\s/\\]+[/\\].*"
_PLACE = re.compile(rf"[a-z][a-z+.-]+:/\S*|www\.\S+|about:\S*|{_PATH}", re.IGNORECASE)
_PROGRAM = re.compile(r"Microsoft (?:Office )?\w+ [-–] .*", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\W*(?:untitled|no title|anonymous|powerpoint presentation"
    r"|(?:untitled )?(?:document|presentation|spreadsheet))[- ]?\d*\W*",
    re.IGNORECASE,
)


def real_title(stated: str) -> str | None:
    """Return the title that a file states; None if it is a file name, an address or a placeholder."""
    names = (_FILE_NAME, _PLACE, _PROGRAM, _PLACEHOLDER)
    return None if not stated or any(name.fullmatch(stated) for name in names) else stated
