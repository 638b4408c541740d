"""Run a loader in a process of its own, which may crash, hang or run out of memory without harm.

The process reads one file after another. Messages go over its standard input and output, each with its
length. They are JSON and never pickles, because a hostile file may have taken the process over.
"""

import atexit
import base64
import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib import import_module

from pydantic import TypeAdapter

from normqa.datatypes import Document, Metadata
from normqa.glyph_map import GlyphMap
from normqa.load.loaded import Parsed
from normqa.load.problem import LoadError

_LENGTH = struct.Struct(">Q")
_MAX_REPLY_BYTES = 1_000_000_000
_DOCUMENT = TypeAdapter(Document)
_METADATA = TypeAdapter(Metadata)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost.

    Attributes:
        seconds: Time to load it.
        memory_bytes: Address space of the process.
    """

    seconds: float = 120.0
    memory_bytes: int = 4_000_000_000


class IsolatedLoader:
    """Loads files with a function in another process. Safe to use from several threads, one file at a time.

    Args:
        function: ``module:name`` of a loader; see :class:`normqa.load.formats.Format`.
        limits: What a file may cost.
    """

    def __init__(self, function: str, limits: Limits) -> None:
        self._function = function
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def __call__(self, document_id: str, raw: bytes, stated: Metadata) -> Parsed:
        """Load a file.

        Raises:
            LoadError: If it gives no document, or costs too much, or crashes the process.
        """
        head = json.dumps({"id": document_id, "stated": _METADATA.dump_python(stated, mode="json")}).encode()
        with self._lock:
            reply = json.loads(self._exchange(_LENGTH.pack(len(head)) + head + raw))
        if "error" in reply:
            raise LoadError(reply["error"])
        document = _DOCUMENT.validate_python(reply["document"])
        return Parsed(document, tuple(map(str, reply["notes"])), _glyph_map(reply["glyphs"], document))

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.communicate()  # closes the pipes

    def _exchange(self, message: bytes) -> bytes:
        deadline = time.monotonic() + self._limits.seconds
        process = self._started()
        assert process.stdin  # noqa: S101 - it is a pipe
        assert process.stdout  # noqa: S101
        try:
            process.stdin.write(_LENGTH.pack(len(message)) + message)
            process.stdin.flush()
            size = _LENGTH.unpack(_read(process.stdout.fileno(), _LENGTH.size, deadline))[0]
            if size > _MAX_REPLY_BYTES:
                raise EOFError
            return _read(process.stdout.fileno(), size, deadline)
        except TimeoutError:
            self.close()
            raise LoadError(f"it takes longer than {self._limits.seconds:g} seconds to read") from None
        except (OSError, EOFError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            code = process.returncode
            self.close()
            raise LoadError(f"reading it crashed, or took too much memory (exit status {code})") from None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", __name__, self._function, str(self._limits.memory_bytes)]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        return self._process


def _glyph_map(encoded: str | None, document: Document) -> GlyphMap | None:
    if encoded is None:
        return None
    try:
        return GlyphMap.from_bytes(base64.b64decode(encoded), document.characters)
    except ValueError:
        return None


def _read(descriptor: int, size: int, deadline: float) -> bytes:
    """Read exactly ``size`` bytes, or raise TimeoutError or EOFError."""
    parts = bytearray()
    while len(parts) < size:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(descriptor, min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _serve(function: str, memory_bytes: int) -> None:
    """Answer requests until the standard input ends, as it does when the parent dies."""
    import resource  # noqa: PLC0415 - not on every system, and only the child needs it

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints gets into the replies
    module, _, name = function.partition(":")
    load = getattr(import_module(module), name)
    source = sys.stdin.buffer
    while header := source.read(_LENGTH.size):
        message = source.read(_LENGTH.unpack(header)[0])
        head_size = _LENGTH.unpack_from(message)[0]
        head = json.loads(message[_LENGTH.size : _LENGTH.size + head_size])
        reply = _reply(load, head["id"], message[_LENGTH.size + head_size :], head["stated"])
        out.write(_LENGTH.pack(len(reply)) + reply)
        out.flush()


def _reply(load, document_id: str, raw: bytes, stated: object) -> bytes:  # type: ignore[no-untyped-def]  # noqa: ANN001
    try:
        parsed = load(document_id, raw, _METADATA.validate_python(stated))
        document = _DOCUMENT.dump_json(parsed.document).decode("utf-8")
        glyphs = base64.b64encode(parsed.glyphs.to_bytes()).decode() if parsed.glyphs else None
        others = json.dumps({"notes": parsed.notes, "glyphs": glyphs})
        return b'{"document": ' + document.encode() + b", " + others[1:].encode()
    except LoadError as error:
        return json.dumps({"error": str(error)}).encode()
    except MemoryError:
        return json.dumps({"error": "reading it takes too much memory"}).encode()
    except Exception as error:
        return json.dumps({"error": f"it cannot be parsed ({type(error).__name__}: {error})"}).encode()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
