"""Collect the text of a table cell, caption or footnote on one line."""

from collections.abc import Hashable, Sequence

from normqa.load.outline import Outline
from normqa.text.canonical import one_line


class FlatOutline(Outline):
    """Collects texts without their structure; :meth:`line` returns them.

    Args:
        around: The outline of the document, which gets the footnotes and the pages.
    """

    def __init__(self, around: Outline) -> None:
        super().__init__()
        self._around = around
        self._texts: list[str] = []

    def line(self) -> str:
        """Return the texts on one line."""
        return one_line(" ".join(self._texts))

    def start_page(self, label: str | None = None, before_end: int = 0) -> None:  # noqa: ARG002
        """See :class:`~normqa.load.outline.Outline`."""
        self._around.start_page(label)

    def heading(self, text: str, level: int) -> None:  # noqa: ARG002
        """See :class:`~normqa.load.outline.Outline`."""
        self._texts.append(text)

    def paragraph(self, text: str) -> None:
        """See :class:`~normqa.load.outline.Outline`."""
        self._texts.append(text)

    def code(self, text: str) -> None:
        """See :class:`~normqa.load.outline.Outline`."""
        self._texts.append(text)

    def row(self, cells: Sequence[str], *, is_first: bool, is_header: bool | None = None) -> None:  # noqa: ARG002
        """See :class:`~normqa.load.outline.Outline`."""
        self._texts += cells

    def item(
        self,
        text: str,
        depth: int = 1,  # noqa: ARG002
        *,
        marker: str = "",
        key: Hashable = None,  # noqa: ARG002
        continues: bool = False,  # noqa: ARG002
    ) -> None:
        """See :class:`~normqa.load.outline.Outline`."""
        if text.strip():
            self._texts.append(f"{marker} {text}")

    def item_paragraph(self, text: str) -> None:
        """See :class:`~normqa.load.outline.Outline`."""
        self._texts.append(text)

    def note(self, text: str) -> None:
        """See :class:`~normqa.load.outline.Outline`."""
        self._around.note(text)

    def end_section(self) -> None:
        """Do nothing: the section around goes on."""
