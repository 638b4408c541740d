"""What a build did, kept in its generation as ``report.json``."""

from pathlib import Path

from pydantic import ValidationError

from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD, Frozen
from normqa.index.plan import CorpusDiff
from normqa.load.problem import Problem

NAME = "report.json"


class Report(Frozen):
    """What a build did.

    Attributes:
        update: What had changed since the generation before.
        problems: What there was to say about files.
        encoded: How many passages were encoded.
        saved: How many were not, as they had been seen before.
        seconds: How long each stage took.
    """

    update: CorpusDiff
    problems: tuple[Problem, ...]
    encoded: int
    saved: int
    seconds: dict[str, float]

    def write(self, folder: Path) -> None:
        """Writes it into the folder of a generation."""
        (folder / NAME).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Report":
        """Reads the report of a generation.

        Raises:
            IndexCorrupt: If it is missing or unreadable.
        """
        path = folder / NAME
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexCorrupt(f"{path} cannot be read: {str(error).splitlines()[0]}.", REBUILD) from None
