"""Print figures with their intervals."""

import json
from collections.abc import Mapping
from typing import Any


def show_figures(
    figures: Mapping[str, Any], intervals: Mapping[str, Any], *, as_json: bool, group: str = ""
) -> None:
    """Write figures with their 95 % intervals, one group after another."""
    from normqa.cli.output import write

    if as_json:
        write(json.dumps({**figures, "intervals": intervals}) + "\n")
        return
    for name, value in figures.items():
        if isinstance(value, Mapping):
            show_figures(value, intervals.get(name, {}), as_json=False, group=f"{group}{name} ")
        else:
            low, high = intervals.get(name, (None, None))
            number = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
            interval = "" if low is None else f"   [{low:.4g}, {high:.4g}]"
            write(f"{group + name:32} {number}{interval}\n")
