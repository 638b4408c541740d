"""What there is to mend in a file of the corpus."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend.

    Attributes:
        file: Name relative to the corpus.
        line: Counted from 1.
        rule: Which rule it breaks, by a stable name.
        what: What is wrong.
        way_out: What mends it.
    """

    file: str
    line: int
    rule: str
    what: str
    way_out: str

    def to_dict(self) -> dict[str, str | int]:
        """Its fields by name."""
        return asdict(self)
