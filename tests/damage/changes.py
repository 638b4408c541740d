"""Ways in which a file can differ from what was written, and the changes to try on an index."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Change = Callable[[Path], object]


@dataclass(frozen=True)
class Damage:
    """A change of one file.

    Attributes:
        path: The file, relative to the index.
        name: Name of the change.
        change: Makes the change.
        keep_time: Give the file its old time, as a decaying disk does.
    """

    path: Path
    name: str
    change: Change
    keep_time: bool = False

    def apply(self, index: Path) -> Callable[[], None]:
        """Damage the file of an index, and return what restores it."""
        path = index / self.path
        whole, about = path.read_bytes(), path.stat()
        self.change(path)
        if self.keep_time:
            os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))

        def restore() -> None:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            path.write_bytes(whole)
            os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))

        return restore

    def __str__(self) -> str:
        """Name the file and the change."""
        return f"{self.path} {self.name}"


def flip(byte: int, bit: int) -> Change:
    """Return a change that flips a bit."""

    def change(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(byte)
            [old] = file.read(1)
            file.seek(byte)
            file.write(bytes([old ^ 1 << bit]))

    return change


def flips_of_every_byte(index: Path, paths: list[Path], seed: int) -> Iterator[Damage]:
    """Flip a random bit of every byte of some files."""
    chance = random.Random(seed)
    for path in paths:
        for byte in range((index / path).stat().st_size):
            bit = chance.randrange(8)
            yield Damage(path, f"byte {byte} bit {bit}", flip(byte, bit))


def random_flips(index: Path, paths: list[Path], count: int, seed: int) -> Iterator[Damage]:
    """Flip random bits, as many in each file, and keep the times of the files."""
    chance = random.Random(seed)
    for number in range(count):
        path = paths[number % len(paths)]
        byte, bit = chance.randrange((index / path).stat().st_size), chance.randrange(8)
        yield Damage(path, f"byte {byte} bit {bit}", flip(byte, bit), keep_time=True)


def _to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def _cut(share: float) -> Change:
    return _rewrite(lambda whole: whole[: int(share * (len(whole) - 1))])


def _rewrite(edit: Callable[[bytes], bytes]) -> Change:
    """Return a change that writes a new file. Cutting a file that is mapped would kill the process."""

    def change(path: Path) -> None:
        content = edit(path.read_bytes())
        path.unlink()
        path.write_bytes(content)

    return change


def _replace_by(content: bytes) -> Change:
    return _rewrite(lambda _: content)


REPLACEMENTS: dict[str, Change] = {
    "removed": Path.unlink,
    "emptied": _cut(0),
    "cut in half": _cut(0.5),
    "cut by a byte": _cut(1),
    "lengthened": _rewrite(lambda whole: whole + b"\0"),
    "zeroed": _rewrite(lambda whole: bytes(len(whole))),
    "replaced by a folder": _to_folder,
    "replaced by a link to nowhere": _to_nowhere,
}


def replacements(paths: list[Path]) -> Iterator[Damage]:
    """Replace every file by each of the other things that may be in its place."""
    for path in paths:
        for name, change in REPLACEMENTS.items():
            yield Damage(path, name, change)


def swaps(index: Path, paths: list[Path], others: list[Path]) -> Iterator[Damage]:
    """Replace every file by every other one of the same suffix, whose content differs."""
    for path in paths:
        for other in others:
            content = (index / other).read_bytes()
            if other.suffix == path.suffix and content != (index / path).read_bytes():
                yield Damage(path, f"replaced by {other}", _replace_by(content))
