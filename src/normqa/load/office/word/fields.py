r"""Tell the codes of Word fields, such as ``PAGEREF _Toc1 \\h``, from the results that Word shows."""

from lxml import etree

from normqa.load.office.package import attribute, tag


def field_codes(root: etree._Element) -> frozenset[etree._Element]:
    """Return the parts of runs that belong to the code of a field.

    A field goes from a mark ``begin`` to a mark ``end``; its result starts at a mark ``separate``. A mark
    without its counterpart is ignored, so that it cannot hide the rest of the document.
    """
    runs = [(part, tag(part)) for run in root.iter() if tag(run) == "r" for part in run]
    whole = _begun_and_ended(runs)
    codes: set[etree._Element] = set()
    showing: list[bool] = []  # of each open field, whether its result is being read
    for part, name in runs:
        if name != "fldChar":
            if not all(showing):
                codes.add(part)
        elif part in whole:
            match attribute(part, "fldCharType"):
                case "begin":
                    showing.append(False)
                case "end":
                    showing.pop()
        elif showing and attribute(part, "fldCharType") == "separate":
            showing[-1] = True
    return frozenset(codes)


def _begun_and_ended(runs: list[tuple[etree._Element, str]]) -> set[etree._Element]:
    """Return the marks that begin and end a field and have their counterpart."""
    paired: set[etree._Element] = set()
    open_marks: list[etree._Element] = []
    for part, name in runs:
        if name == "fldChar":
            match attribute(part, "fldCharType"):
                case "begin":
                    open_marks.append(part)
                case "end" if open_marks:
                    paired |= {open_marks.pop(), part}
    return paired
