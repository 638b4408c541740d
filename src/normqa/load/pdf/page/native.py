"""Call functions of PDFium for many characters or objects at once.

A page has thousands of characters, and a call through ctypes costs far more than the function. These calls
pass plain addresses, run in loops of C, and write their results into arrays.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

ADDRESS = ctypes.c_void_p
INTEGER = ctypes.c_int
UNSIGNED = ctypes.c_uint

Function = Callable[..., Any]


def native(function: object, result: Any, *arguments: Any) -> Function:  # noqa: ANN401 - types of ctypes
    """Return a function of PDFium that takes addresses and numbers.

    Args:
        function: The function of ``pypdfium2.raw``.
        result: The type of ctypes that it returns.
        *arguments: The types of its arguments.
    """
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)


def asked(function: object, result: Any, handle: int, indexes: Iterable[int]) -> Iterable[Any]:  # noqa: ANN401
    """Return what a function of PDFium returns for each index. Without types of arguments, calls are faster.

    Args:
        function: The function of ``pypdfium2.raw``, which takes a handle and an index.
        result: The type of ctypes that it returns.
        handle: The address of the handle.
        indexes: The indexes.
    """
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return map(ctypes.PYFUNCTYPE(result)(address or 0), repeat(ctypes.c_void_p(handle)), indexes)


def written(
    function: Function, inputs: Sequence[Iterable[int]], shape: tuple[int, int], dtype: type, pointers: int
) -> NDArray[Any]:
    """Return what a function writes for each input, a row each; zeros where it fails.

    Args:
        function: The function. Its last arguments are addresses to write to.
        inputs: Its other arguments, one iterable each.
        shape: Number of inputs, and values that it writes for each.
        dtype: Type of these values.
        pointers: Number of addresses; each takes an equal share of the values.
    """
    table: NDArray[Any] = np.zeros(shape, dtype)
    start, step = table.ctypes.data, shape[1] * table.itemsize
    end = start + len(table) * step
    offsets = range(0, step, step // pointers)
    targets = [range(start + offset, end + offset, step) for offset in offsets]
    deque(map(function, *inputs, *targets), maxlen=0)
    return table


def address_of(handle: object) -> int:
    """Return the address of an object of PDFium."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


class Rows:
    """Calls functions that write a row of numbers for each input. Addresses to write to are made once.

    Args:
        function: The function of ``pypdfium2.raw``, which takes a handle, an index and addresses.
        dtype: Type of the numbers.
        columns: Numbers of a row.
        pointers: Number of addresses; each takes an equal share of the numbers.
    """

    _MAX = 4096

    def __init__(self, function: object, dtype: type, columns: int, pointers: int) -> None:
        address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
        self._function = ctypes.PYFUNCTYPE(INTEGER)(address or 0)
        self._buffer: NDArray[Any] = np.zeros((self._MAX, columns), dtype)
        self._targets: list[list[ctypes.c_void_p]] = [[] for _ in range(pointers)]

    def written(self, handle: int, indexes: Sequence[int]) -> NDArray[Any]:
        """Return what the function writes for each index, a row each; zeros where it fails."""
        owner, parts = ctypes.c_void_p(handle), []
        for start in range(0, len(indexes), self._MAX):
            part = indexes[start : start + self._MAX]
            self._grow(len(part))
            self._buffer[: len(part)] = 0
            deque(map(self._function, repeat(owner, len(part)), part, *self._targets), maxlen=0)
            parts.append(self._buffer[: len(part)].copy())
        return np.concatenate(parts) if parts else self._buffer[:0].copy()

    def _grow(self, rows: int) -> None:
        start, step = self._buffer.ctypes.data, self._buffer.strides[0]
        width = step // len(self._targets)
        for number, targets in enumerate(self._targets):
            first = start + number * width
            missing = range(first + len(targets) * step, first + rows * step, step)
            targets.extend(map(ctypes.c_void_p, missing))
