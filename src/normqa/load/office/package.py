"""Open the ZIP container of an office file, and parse its XML parts safely."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from normqa.load.office.other_format import other_format
from normqa.load.problem import LoadError

MAX_UNPACKED_BYTES = 200_000_000
"""Maximum size of all parts of a file together."""

MAX_PARTS = 10_000
"""Maximum number of parts of a file."""

_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT_RELATIONSHIP = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"


_HARMLESS = frozenset(
    {"DTD_ID_REDEFINED", "DTD_XMLID_VALUE", "NS_ERR_UNDEFINED_NAMESPACE", "WAR_NS_URI", "WAR_NS_URI_RELATIVE"}
)
"""Faults of XML that other programs accept, and that do not change its text."""


class Package:
    """The parts of an office file.

    Args:
        raw: The bytes of the file.

    Raises:
        LoadError: If the file is encrypted, damaged or too large when unpacked.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise LoadError(
                other_format(raw) or f"it is damaged ({error}); open it and save it again"
            ) from None
        parts = self._zip.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise LoadError(f"it unpacks to more than {MAX_UNPACKED_BYTES:,} bytes or {MAX_PARTS:,} parts")
        self._names = {part.filename.lstrip("/").casefold(): part.filename for part in parts}

    def __contains__(self, name: str) -> bool:
        """Whether the file has a part with this name. Case does not matter."""
        return name.lstrip("/").casefold() in self._names

    @property
    def has_macros(self) -> bool:
        """Whether the file contains programs, which are never run."""
        return any(name.endswith("vbaproject.bin") or name.startswith("basic/") for name in self._names)

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            LoadError: If it is missing, encrypted or damaged.
        """
        try:
            with self._zip.open(self._names[name.lstrip("/").casefold()]) as part:
                content = part.read(MAX_UNPACKED_BYTES + 1)
        except KeyError:
            raise LoadError(f"it is damaged: {name} is missing; open it and save it again") from None
        except RuntimeError:
            raise LoadError("it is encrypted; save it again without a password") from None
        except Exception as error:
            raise LoadError(f"it is damaged: {name} cannot be unpacked ({error})") from None
        if len(content) > MAX_UNPACKED_BYTES:
            raise LoadError(f"it unpacks to more than {MAX_UNPACKED_BYTES:,} bytes")
        return content

    def xml(self, name: str) -> etree._Element:
        """Return the root of an XML part.

        Entities and external references are never resolved.

        Raises:
            LoadError: If it is missing, declares entities, or is not well-formed.
        """
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, recover=True
        )
        try:
            root = etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise LoadError(_fault(name, str(error.msg))) from None
        faults = [entry for entry in parser.error_log if entry.type_name not in _HARMLESS]
        if faults or root is None:
            raise LoadError(_fault(name, faults[0].message if faults else "it is empty"))
        declared = root.getroottree().docinfo.internalDTD
        if declared is not None and any(True for _ in declared.iterentities()):
            raise LoadError(f"{name} declares entities in its document type; open it and save it again")
        return root

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the parts that a part refers to, by relation id: the last word of the type, and the name."""
        folder, base = posixpath.split(name)
        rels = f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"
        if rels not in self:
            return {}
        found = {}
        for relation in self.xml(rels):
            if relation.get("TargetMode") == "External" or not isinstance(relation.tag, str):
                continue
            target = unquote(relation.get("Target", ""))
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = (kind, posixpath.normpath(path))
        return found

    def related(self, name: str, kind: str) -> str | None:
        """Return the name of the first existing part of a kind that a part refers to."""
        related = (target for found, target in self.relations(name).values() if found == kind)
        return next((target for target in related if target in self), None)


def _fault(name: str, message: str) -> str:
    """Return why a part of a file cannot be parsed."""
    if "depth" in message:
        return f"{name} is nested too deeply; open it and save it again"
    if "unknown error" in message:
        return f"{name} takes too much memory to read"
    if "amplification" in message or "entity loop" in message:
        return f"{name} declares entities that grow without limit"
    return f"it is damaged: {name} is not well-formed XML ({message.strip()})"


def tag(element: etree._Element) -> str:
    """Return the name of an element without its namespace, which differs in strict files."""
    return _local(element.tag) if isinstance(element.tag, str) else ""


def _local(name: str) -> str:
    """Return a name without its namespace, or without a prefix that the file does not declare."""
    return name.rpartition("}")[2].rpartition(":")[2]


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first descendant at a path of names."""
    for name in path:
        if element is None:
            return None
        element = next((found for found in element if tag(found) == name), None)
    return element


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children with one of the names."""
    return (found for found in element if tag(found) in names)


def attribute(element: etree._Element | None, name: str) -> str | None:
    """Return an attribute by its name without namespace."""
    if element is None:
        return None
    if (plain := element.get(name)) is not None:
        return str(plain)
    return next((str(value) for key, value in element.attrib.items() if _local(str(key)) == name), None)


def relation_id(element: etree._Element, name: str = "id") -> str | None:
    """Return the relation that an attribute refers to."""
    return element.get(_RELATIONSHIP + name) or element.get(_STRICT_RELATIONSHIP + name)


def is_on(element: etree._Element | None) -> bool:
    """Whether a switch such as ``<w:vanish/>`` is on; an element without a value is."""
    return element is not None and attribute(element, "val") not in {"0", "false", "off", "none"}
