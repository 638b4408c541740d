"""Which generations to keep: the newest ones, and the last one of earlier days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from normqa.index.disk.names import day_of


@dataclass(frozen=True, slots=True)
class Retention:
    """How many generations to keep.

    Attributes:
        newest: Generations to keep, whatever their age.
        days: Earlier days, of those on which something was built, whose last generation is kept as well, so
            that frequent builds do not remove the state before them.
    """

    newest: int
    days: int = 0

    def kept(self, names: Sequence[str], always: Collection[str]) -> set[str]:
        """Return the names of the generations to keep.

        Args:
            names: All generations, newest first.
            always: Generations that are kept in any case, and count.
        """
        older = [name for name in names if name not in always]
        newest = {*always, *older[: max(0, self.newest - len(always))]}
        last_of_day: dict[str, str] = {}
        for name in names:
            last_of_day.setdefault(day_of(name), name)
        _, *earlier = last_of_day.values() if last_of_day else [""]
        return newest | set(earlier[: self.days])
