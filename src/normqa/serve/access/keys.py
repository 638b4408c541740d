"""API keys in a file, which has their hashes and never the keys."""

import hashlib
import os
import secrets
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from normqa.serve.access.identity import Scope
from normqa.serve.errors import KeyNameTaken, KeysUnusable, UnknownKeyName

PREFIX = "nqa_"
"""Beginning of every key."""

_SECRET_BYTES = 32
_State = tuple[int, int, int] | None


class ApiKey(BaseModel):
    """A key as the file has it. A random key needs no slow hash.

    Attributes:
        name: Whose key it is.
        sha256: SHA-256 of the key.
        scopes: What it allows.
        groups: Groups whose documents it shows, beside those for everybody.
        created: When it was added, ISO 8601 in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    scopes: frozenset[Scope]
    groups: frozenset[Annotated[str, Field(min_length=1)]] = frozenset()
    created: str


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keys: list[ApiKey] = []


class KeyFile:
    """Reads and changes the file. A change takes effect at the next request of every process.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read: tuple[_State, dict[str, ApiKey]] = (None, {})

    def all(self) -> list[ApiKey]:
        """Return every key, in the order in which they were added.

        Raises:
            KeysUnusable: If the file cannot be read.
        """
        return list(self._by_hash().values())

    def find(self, key: str) -> ApiKey | None:
        """Return what the file says of a key; None if it has no such key.

        Raises:
            KeysUnusable: If the file cannot be read.
        """
        return self._by_hash().get(_hash(key))

    def add(self, name: str, scopes: Collection[Scope], groups: Collection[str] = ()) -> str:
        """Add a key and return it. It cannot be shown again.

        Raises:
            KeyNameTaken: If another key has that name.
            KeysUnusable: If the file cannot be read or written.
        """
        key = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            added = ApiKey(
                name=name,
                sha256=_hash(key),
                scopes=frozenset(scopes),
                groups=frozenset(groups),
                created=created,
            )
        except ValidationError as error:
            raise self._unusable(f"a key cannot have these values: {error.errors()[0]['msg']}") from None
        with self._locked():
            known = self.all()
            if any(other.name == name for other in known):
                raise KeyNameTaken(name)
            self._write([*known, added])
        return key

    def revoke(self, name: str) -> None:
        """Remove a key.

        Raises:
            KeysUnusable: If the file cannot be read or written.
            UnknownKeyName: If no key has that name.
        """
        with self._locked():
            known = self.all()
            kept = [key for key in known if key.name != name]
            if len(kept) == len(known):
                raise UnknownKeyName(name)
            self._write(kept)

    def _by_hash(self) -> dict[str, ApiKey]:
        """Return every key by its hash; the file is read again if it has changed."""
        with self._lock:
            try:
                state = self._state()
                if state != self._read[0]:
                    content = _Content.model_validate_json(self._path.read_bytes()) if state else _Content()
                    self._read = state, {key.sha256: key for key in content.keys}
            except ValidationError as error:
                raise self._unusable(str(error).splitlines()[1]) from None
            except OSError as error:
                raise self._unusable(error.strerror or str(error)) from None
            return self._read[1] if state else {}

    def _state(self) -> _State:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let no other process change the file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._path}.lock", mode=0o600):
                yield
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None

    def _write(self, keys: Sequence[ApiKey]) -> None:
        """Replace the file; only its owner may read it."""
        content = _Content(keys=list(keys)).model_dump_json(indent=1)
        with NamedTemporaryFile(
            "w", dir=self._path.parent, prefix=f".{self._path.name}-", encoding="utf-8", delete=False
        ) as aside:
            aside.write(f"{content}\n")
            aside.flush()
            os.fsync(aside.fileno())
        Path(aside.name).replace(self._path)

    def _unusable(self, reason: str) -> KeysUnusable:
        return KeysUnusable(f"The file of API keys {self._path} cannot be used ({reason.strip()}).")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
