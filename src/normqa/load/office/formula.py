"""Write Office formulas (ECMA-376 Part 1, 22.1 "Math") on one line."""

from collections.abc import Callable

from lxml import etree

from normqa.load.office.package import attribute, child, children, tag


def formula_text(element: etree._Element) -> str:
    """Return a formula as a reader would type it: ``x^2``, ``(a + b)/2``, ``√(x)``."""
    name = tag(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):  # properties
        return ""
    return _WRITERS.get(name, _sequence)(element)


def _sequence(element: etree._Element) -> str:
    return "".join(map(formula_text, element))


def _scripts(element: etree._Element) -> str:
    below, above = (_enclosed(_part(element, name)) for name in ("sub", "sup"))
    return _part(element, "e") + (f"_{below}" if below else "") + (f"^{above}" if above else "")


def _fraction(element: etree._Element) -> str:
    return f"{_enclosed(_part(element, 'num'))}/{_enclosed(_part(element, 'den'))}"


def _root(element: etree._Element) -> str:
    degree = _part(element, "deg")
    return f"√({_part(element, 'e')})" if degree in {"", "2"} else f"({_part(element, 'e')})^(1/{degree})"


def _sum(element: etree._Element) -> str:
    sign = attribute(child(element, "naryPr", "chr"), "val") or "∫"
    below, above = (_enclosed(_part(element, name)) for name in ("sub", "sup"))
    return sign + (f"_{below}" if below else "") + (f"^{above}" if above else "") + f" {_part(element, 'e')}"


def _matrix(element: etree._Element) -> str:
    rows = (", ".join(map(formula_text, children(row, "e"))) for row in children(element, "mr"))
    return f"[{'; '.join(rows)}]"


def _part(element: etree._Element, name: str) -> str:
    part = child(element, name)
    return "" if part is None else formula_text(part).strip()


def _enclosed(text: str) -> str:
    is_simple = (
        not text or text.isalnum() or (text.startswith("(") and text.endswith(")") and text.count("(") == 1)
    )
    return text if is_simple else f"({text})"


def _delimited(element: etree._Element) -> str:
    def sign(name: str, default: str) -> str:
        found = child(element, "dPr", name)
        return default if found is None else attribute(found, "val") or ""

    inner = sign("sepChr", "|").join(map(formula_text, children(element, "e")))
    return f"{sign('begChr', '(')}{inner}{sign('endChr', ')')}"


_WRITERS: dict[str, Callable[[etree._Element], str]] = {
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "f": _fraction,
    "rad": _root,
    "d": _delimited,
    "nary": _sum,
    "m": _matrix,
}
