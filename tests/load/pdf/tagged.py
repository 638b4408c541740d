"""Write small tagged PDF files."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.load.pdf.files import pdf, text

_FIRST_OBJECT = 5
_ROOT = _FIRST_OBJECT


@dataclass(frozen=True)
class Element:
    """A structure element: its elements and content, by page and id, and more entries of its dictionary."""

    type: str
    children: "Sequence[Element | tuple[int, int]]" = ()
    more: str = ""


def element(type_: str, *children: "Element | int | tuple[int, int]", more: str = "") -> Element:
    """An element. Content is an id on the first page, or a page, from 0, and an id."""
    placed = ((0, child) if isinstance(child, int) else child for child in children)
    return Element(type_, tuple(placed), more)


def marked(id_: int, content: str) -> str:
    """Content with an id."""
    return f"/P << /MCID {id_} >> BDC\n{content}EMC\n"


def words(id_: int, words_: str, x: float = 72, y: float = 700, size: float = 12) -> str:
    """Words with an id, at a place."""
    return marked(id_, text(words_, x=x, y=y, size=size))


@dataclass
class _Tree:
    pages: int
    bodies: list[str] = field(default_factory=list)
    parents: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, element_: Element, parent: int) -> int:
        """Add an element and return the number of its object."""
        self.bodies.append("")
        place = len(self.bodies) - 1
        number = _FIRST_OBJECT + 2 + place
        kids = []
        for child in element_.children:
            if isinstance(child, Element):
                kids.append(f"{self.add(child, number)} 0 R")
            else:
                page, id_ = child
                self.parents[page][id_] = number
                kids.append(f"<< /Type /MCR /Pg PAGE{page} /MCID {id_} >>")
        kinds = f"/Type /StructElem /S /{element_.type} /P {parent} 0 R"
        self.bodies[place] = f"<< {kinds} /K [{' '.join(kids)}] {element_.more} >>"
        return number


def tagged(
    pages: Sequence[str],
    *elements: Element,
    catalog: str = "",
    resources: str = "",
    objects: Sequence[str] = (),
) -> bytes:
    """A tagged PDF.

    Args:
        pages: The content stream of each page, at most ten.
        *elements: The children of the root of the tree.
        catalog: More entries of the catalog.
        resources: More entries of the resources of every page. ``FORM`` is the first of the objects.
        objects: More objects.
    """
    tree = _Tree(len(pages))
    kids = " ".join(f"{tree.add(child, _ROOT)} 0 R" for child in elements)
    nums = " ".join(
        f"{page} [{' '.join(f'{ids[n]} 0 R' if n in ids else 'null' for n in range(max(ids) + 1))}]"
        for page, ids in sorted(tree.parents.items())
    )
    root = f"<< /Type /StructTreeRoot /K [{kids}] /ParentTree {_ROOT + 1} 0 R >>"
    form = _FIRST_OBJECT + 2 + len(tree.bodies)
    objects = [root, f"<< /Nums [{nums}] >>", *tree.bodies, *objects]
    for page in range(len(pages)):
        number = _FIRST_OBJECT + len(objects) + 1 + 2 * page
        objects = [body.replace(f"PAGE{page}", f"{number} 0 R") for body in objects]
    raw = pdf(
        *pages,
        catalog=f"/MarkInfo << /Marked true >> /StructTreeRoot {_ROOT} 0 R {catalog}",
        page="/StructParents 0",
        resources=resources.replace("FORM", f"{form} 0 R"),
        objects=objects,
    )
    before, *after = raw.split(b"/StructParents 0")
    return before + b"".join(b"/StructParents %d%s" % (page, part) for page, part in enumerate(after))
