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


def scripted(base: str, below: str, above: str) -> str:
    """Return a base with its subscript and superscript: ``x_1^2``."""
    below, above = _enclosed(below), _enclosed(above)
    return base + (f"_{below}" if below else "") + (f"^{above}" if above else "")


def fraction(above: str, below: str) -> str:
    """Return a fraction: ``(a+b)/2``."""
    return f"{_enclosed(above)}/{_enclosed(below)}"


def root(inner: str, degree: str) -> str:
    """Return a root: ``√(x)``, ``(x)^(1/3)``."""
    return f"√({inner})" if degree in {"", "2"} else f"({inner})^(1/{degree})"


def _scripts(element: etree._Element) -> str:
    return scripted(*(_part(element, name) for name in ("e", "sub", "sup")))


def _scripts_before(element: etree._Element) -> str:
    return scripted("", _part(element, "sub"), _part(element, "sup")) + _part(element, "e")


def _limit(element: etree._Element) -> str:
    limit = _part(element, "lim")
    is_upper = tag(element) == "limUpp"
    return scripted(_part(element, "e"), "" if is_upper else limit, limit if is_upper else "")


def _function(element: etree._Element) -> str:
    """Return ``sin x`` or ``f(x)``."""
    name, argument = _part(element, "fName"), _part(element, "e")
    return f"{name}{argument}" if argument.startswith("(") else f"{name} {argument}"


def _lines(element: etree._Element) -> str:
    return "; ".join(formula_text(line).strip() for line in children(element, "e"))


def _accent(element: etree._Element) -> str:
    sign = attribute(child(element, "accPr", "chr"), "val") or "\N{COMBINING CIRCUMFLEX ACCENT}"
    base = _part(element, "e")
    return base + sign if len(base) == 1 else base


def _fraction(element: etree._Element) -> str:
    return fraction(_part(element, "num"), _part(element, "den"))


def _root(element: etree._Element) -> str:
    return root(_part(element, "e"), _part(element, "deg"))


def _sum(element: etree._Element) -> str:
    sign = attribute(child(element, "naryPr", "chr"), "val") or "∫"
    return f"{scripted(sign, _part(element, 'sub'), _part(element, 'sup'))} {_part(element, 'e')}"


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
    "sPre": _scripts_before,
    "limLow": _limit,
    "limUpp": _limit,
    "func": _function,
    "acc": _accent,
    "eqArr": _lines,
    "phant": lambda _: "",
    "f": _fraction,
    "rad": _root,
    "d": _delimited,
    "nary": _sum,
    "m": _matrix,
}
