"""Write MathML formulas, as web pages and OpenDocument files have them, on one line."""

from collections.abc import Callable, Sequence

from lxml import etree

from normqa.load.office.formula import fraction, root, scripted
from normqa.load.office.package import attribute, tag
from normqa.text.canonical import one_line

_NOT_SHOWN = frozenset(
    {"annotation", "annotation-xml", "mphantom", "maction-alternative", "none", "mprescripts"}
)
_INVISIBLE = str.maketrans("", "", "\N{FUNCTION APPLICATION}\N{INVISIBLE TIMES}\N{INVISIBLE SEPARATOR}")


def mathml_text(element: etree._Element) -> str:
    """Return a formula as a reader would type it: ``x^2``, ``(a+b)/2``, ``√(x)``."""
    name = tag(element)
    if not name or name in _NOT_SHOWN:
        return ""
    parts = [mathml_text(part) for part in element if tag(part) and tag(part) not in _NOT_SHOWN]
    if not parts:
        return _token(element)
    return _WRITERS.get(name, _sequence)(element, parts)


def _token(element: etree._Element) -> str:
    text = one_line(element.text or "").translate(_INVISIBLE)
    if tag(element) == "mspace":
        return " "
    if tag(element) == "mtext":
        return f" {text} "
    return text


def _sequence(_: etree._Element, parts: Sequence[str]) -> str:
    return (
        one_line(" ".join(parts))
        if any(len(part) > 1 and part.isalpha() for part in parts)
        else "".join(parts)
    )


def _fraction(_: etree._Element, parts: Sequence[str]) -> str:
    return fraction(*parts) if len(parts) == 2 else "".join(parts)  # noqa: PLR2004 - above and below


def _root(_: etree._Element, parts: Sequence[str]) -> str:
    return root("".join(parts), "")


def _nth_root(_: etree._Element, parts: Sequence[str]) -> str:
    return root(parts[0], "".join(parts[1:]))


def _below(_: etree._Element, parts: Sequence[str]) -> str:
    return scripted(parts[0], "".join(parts[1:]), "")


def _above(_: etree._Element, parts: Sequence[str]) -> str:
    return scripted(parts[0], "", "".join(parts[1:]))


def _below_and_above(_: etree._Element, parts: Sequence[str]) -> str:
    return scripted(parts[0], "".join(parts[1:2]), "".join(parts[2:]))


def _fenced(element: etree._Element, parts: Sequence[str]) -> str:
    opening, closing = (element.get(name, default) for name, default in (("open", "("), ("close", ")")))
    return f"{opening}{(attribute(element, 'separators') or ',')[:1].join(parts)}{closing}"


def _table(_: etree._Element, parts: Sequence[str]) -> str:
    return f"[{'; '.join(parts)}]"


def _row(_: etree._Element, parts: Sequence[str]) -> str:
    return ", ".join(parts)


_WRITERS: dict[str, Callable[[etree._Element, Sequence[str]], str]] = {
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _nth_root,
    "msub": _below,
    "munder": _below,
    "msup": _above,
    "mover": _above,
    "msubsup": _below_and_above,
    "munderover": _below_and_above,
    "mfenced": _fenced,
    "mtable": _table,
    "mtr": _row,
}
