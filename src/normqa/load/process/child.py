"""Start a process that reads a hostile file, and exchange messages with it.

A message is a head in JSON with its length before it, and then the file.
"""

import json
import os
import struct
import sys
from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of normqa."""
    return [sys.executable, "-m", module, *arguments]


def environment() -> dict[str, str]:
    """Return the environment of a process that imports from the same folders as this one."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


def packed(head: object, raw: bytes) -> bytes:
    """Return the message with a head and a file."""
    encoded = json.dumps(head).encode()
    return LENGTH.pack(len(encoded)) + encoded + raw


def unpacked(message: bytes) -> tuple[Any, bytes]:
    """Return the head and the file of a message."""
    start = LENGTH.size + LENGTH.unpack_from(message)[0]
    return json.loads(message[LENGTH.size : start]), message[start:]


def limit_memory(memory_bytes: int) -> None:
    """Limit the address space of this process.

    Raises:
        ValueError: If the system cannot limit it.
        OSError: If the system refuses.
    """
    import resource  # noqa: PLC0415 - not on every system, and only the child needs it

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def take_output() -> BinaryIO:
    """Return the standard output, and send what libraries print to the standard error instead."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out
