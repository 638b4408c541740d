"""Arrays in files, mapped into memory."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def mapped(path: Path) -> NDArray[Any]:
    """The array in a file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it holds none.
    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # numpy reads the head of a file as Python does, and raises what that raises
        raise ValueError(f"{path.name} holds no array") from error
    return np.asarray(array)
