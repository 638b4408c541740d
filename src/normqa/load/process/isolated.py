"""Run a loader in a process of its own, which may crash, hang or run out of memory without harm.

The process reads one file after another. Messages go over its standard input and output, each with its
length. They are JSON and never pickles, because a hostile file may have taken the process over.
"""

import atexit
import base64
import contextlib
import gc
import json
import math
import os
import select
import signal
import subprocess
import sys
import threading
import time
from importlib import import_module

from pydantic import TypeAdapter

from normqa.datatypes import Document, Metadata
from normqa.glyph_map import GlyphMap
from normqa.load.loaded import Parsed
from normqa.load.problem import LoadError
from normqa.load.process import child
from normqa.load.process.limits import Limits, loader_limits, use_limits

_MAX_REPLY_BYTES = 1_000_000_000
_DOCUMENT = TypeAdapter(Document)
_METADATA = TypeAdapter(Metadata)


_loaders: "list[IsolatedLoader]" = []


def end_loaders() -> None:
    """End the processes of all loaders that are not loading; the next file starts them again."""
    for loader in _loaders:
        loader.rest()


class IsolatedLoader:
    """Loads files with a function in another process. Safe to use from several threads, one file at a time.

    Args:
        function: ``module:name`` of a loader; see :class:`normqa.load.formats.Format`.
        limits: What a file may cost. Default: :func:`loader_limits`.
    """

    def __init__(self, function: str, limits: Limits | None = None) -> None:
        self._function = function
        self._limits = limits
        self._lock = threading.Lock()
        self._started_with: Limits | None = None
        self._process: subprocess.Popen[bytes] | None = None
        _loaders.append(self)
        atexit.register(self.close)

    def __call__(self, document_id: str, raw: bytes, stated: Metadata) -> Parsed:
        """Load a file.

        Raises:
            LoadError: If it gives no document, or costs too much, or crashes the process.
        """
        message = child.packed({"id": document_id, "stated": _METADATA.dump_python(stated, mode="json")}, raw)
        with self._lock:
            reply = json.loads(self._exchange(message))
        if "error" in reply:
            raise LoadError(reply["error"])
        document = _DOCUMENT.validate_python(reply["document"])
        return Parsed(document, tuple(map(str, reply["notes"])), _glyph_map(reply["glyphs"], document))

    def rest(self) -> None:
        """End the process if it is not loading a file."""
        if self._lock.acquire(blocking=False):
            try:
                self.close()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe:
                        pipe.close()
            process.wait()

    def _exchange(self, message: bytes) -> bytes:
        limits = self._limits or loader_limits()
        deadline = time.monotonic() + limits.seconds
        process = self._started(limits)
        assert process.stdin  # noqa: S101 - it is a pipe
        assert process.stdout  # noqa: S101
        try:
            process.stdin.write(child.LENGTH.pack(len(message)) + message)
            process.stdin.flush()
            size = child.LENGTH.unpack(_read(process.stdout.fileno(), child.LENGTH.size, deadline))[0]
            if size > _MAX_REPLY_BYTES:
                raise EOFError
            return _read(process.stdout.fileno(), size, deadline)
        except TimeoutError:
            self.close()
            reason = f"it takes longer than {limits.seconds:g} seconds to read; raise load_seconds"
            raise LoadError(reason) from None
        except (OSError, EOFError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            code = process.returncode
            self.close()
            reason = f"reading it crashed, or took too much memory (exit status {code})"
            raise LoadError(f"{reason}; if it is large, raise load_memory_mb") from None
        except BaseException:  # an interrupt: a late reply must not answer the next file
            self.close()
            raise

    def _started(self, limits: Limits) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None or self._started_with != limits:
            self.close()
            costs = json.dumps([limits.seconds, limits.memory_bytes, limits.pages])
            self._started_with = limits
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                child.command(__name__, self._function, costs),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=child.environment(),
                start_new_session=True,  # an interrupt from the terminal is for the parent
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


def _serve(function: str, limits: Limits) -> None:
    """Answer requests until the standard input ends, as it does when the parent dies.

    Args:
        function: See :class:`IsolatedLoader`.
        limits: What a file may cost. This process ends after its time even if the parent cannot end it.
    """
    use_limits(limits)
    with contextlib.suppress(ValueError, OSError):
        child.limit_memory(limits.memory_bytes)
    out = child.take_output()
    module, _, name = function.partition(":")
    load = getattr(import_module(module), name)
    gc.disable()  # a file makes many objects and no cycles; one collection after each is enough
    source = sys.stdin.buffer
    while header := source.read(child.LENGTH.size):
        signal.alarm(math.ceil(limits.seconds) + 1)
        head, raw = child.unpacked(source.read(child.LENGTH.unpack(header)[0]))
        reply = _reply(load, head["id"], raw, head["stated"])
        out.write(child.LENGTH.pack(len(reply)) + reply)
        out.flush()
        signal.alarm(0)
        del head, raw, reply
        gc.collect()


def _reply(load, document_id: str, raw: bytes, stated: object) -> bytes:  # type: ignore[no-untyped-def]  # noqa: ANN001
    try:
        parsed = load(document_id, raw, _METADATA.validate_python(stated))
        document = _DOCUMENT.dump_json(parsed.document)
        glyphs = base64.b64encode(parsed.glyphs.to_bytes()).decode() if parsed.glyphs else None
        others = json.dumps({"notes": parsed.notes, "glyphs": glyphs})
        return b'{"document": ' + document + b", " + others[1:].encode()
    except LoadError as error:
        return json.dumps({"error": str(error)}).encode()
    except RecursionError:
        return json.dumps({"error": "its markup is nested too deeply"}).encode()
    except MemoryError:
        return json.dumps({"error": "reading it takes too much memory"}).encode()
    except Exception as error:
        return json.dumps({"error": f"it cannot be parsed ({type(error).__name__}: {error})"}).encode()


if __name__ == "__main__":
    _serve(sys.argv[1], Limits(*json.loads(sys.argv[2])))
