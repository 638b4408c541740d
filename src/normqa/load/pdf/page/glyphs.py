"""Hold the characters of a PDF page in arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.style import Style

Numbers = NDArray[np.int64]
"""Numbers of characters, which are rows of the table of their page."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a page, a row each, in points from the lower left corner of the page.

    Attributes:
        codes: Their code points.
        boxes: Left, bottom, right and top, shape (characters, 4). They are as wide as the font says.
        origins: Where their baselines start, shape (characters, 2).
        sizes: Font sizes as shown.
        styles: Font, colour and direction of each text object.
        owners: The number of the text object of each character.
        unmapped: Whether the font does not say which character it is, so that the text is not known.
        after_space: Whether the file has a blank before it, or PDFium sees one.
        after_blank: Whether the file has one.
        before_blank: Whether the file has one after it.
        indexes: Their numbers in the file.
    """

    codes: NDArray[np.uint32]
    boxes: NDArray[np.float64]
    origins: NDArray[np.float64]
    sizes: NDArray[np.float64]
    styles: Sequence[Style]
    owners: Numbers
    unmapped: NDArray[np.bool_]
    after_space: NDArray[np.bool_]
    after_blank: NDArray[np.bool_]
    before_blank: NDArray[np.bool_]
    indexes: Numbers

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, numbers: Numbers) -> "Glyphs":
        """Return some of the characters, in this order."""
        return Glyphs(
            self.codes[numbers],
            self.boxes[numbers],
            self.origins[numbers],
            self.sizes[numbers],
            self.styles,
            self.owners[numbers],
            self.unmapped[numbers],
            self.after_space[numbers],
            self.after_blank[numbers],
            self.before_blank[numbers],
            self.indexes[numbers],
        )

    def text(self, numbers: Numbers) -> str:
        """Return some of the characters as a text."""
        return text_of(self.codes[numbers])


def text_of(codes: NDArray[np.uint32]) -> str:
    """Return the text of code points."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")
