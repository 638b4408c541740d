"""Join the ordered lists that go on after other blocks."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from normqa.datatypes import Block, ItemList, Span


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers of an ordered list: the first, the one after the last, and the mark behind them.

    Attributes:
        is_introduced: Whether the block before the list ends in a colon.
    """

    first: int
    after: int
    delimiter: str
    is_introduced: bool = False


@dataclass(slots=True)
class OpenList:
    """The last ordered list of a section: its number in the document, and the numbers of its items."""

    number: int
    numbering: Numbering

    def goes_on(self, numbering: Numbering) -> bool:
        """Whether a list with this numbering is the next part of this list.

        Two lists that are introduced alike stay apart: "The first two are:" and "The next two are:".
        """
        if self.numbering.is_introduced and numbering.is_introduced:
            return False
        return (numbering.first, numbering.delimiter) == (self.numbering.after, self.numbering.delimiter)


def join_lists(
    lists: Sequence[ItemList], parts: Mapping[int, int], blocks: Sequence[Block]
) -> list[ItemList]:
    """Return the lists, those that go on as one. Blocks between two parts belong to the item before them.

    Args:
        lists: All lists.
        parts: Numbers of lists that go on with an earlier one, in order, and the number of that one.
        blocks: All blocks, in order.
    """
    starts = [block.span.start for block in blocks]
    items = {number: list(lists[number].items) for number in parts.values()}
    for number, whole in parts.items():
        following = lists[number].items
        last_before = blocks[bisect_left(starts, following[0].start) - 1]
        items[whole][-1] = Span(items[whole][-1].start, last_before.span.end)
        items[whole] += following
    return [
        ItemList(item_list.lead_in, tuple(items.get(number, item_list.items)))
        for number, item_list in enumerate(lists)
        if number not in parts
    ]
