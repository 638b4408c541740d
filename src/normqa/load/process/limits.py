"""Limit what a hostile file may cost: time, memory and pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost.

    Attributes:
        seconds: Time to load it.
        memory_bytes: Address space of the process that loads it.
        pages: Pages of it that are read.
    """

    seconds: float = 120.0
    memory_bytes: int = 4_000_000_000
    pages: int = 5000


_limits = Limits()


def limit_loaders(seconds: float, memory_mb: int, pages: int = 5000) -> None:
    """Set what a file may cost, for every loader of this process that states no limits of its own."""
    use_limits(Limits(seconds, memory_mb * 1_000_000, pages))


def use_limits(limits: Limits) -> None:
    """Set what a file may cost."""
    global _limits  # noqa: PLW0603 - it bounds the resources of the process
    _limits = limits


def loader_limits() -> Limits:
    """Return what a file may cost."""
    return _limits
