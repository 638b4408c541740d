"""Web pages that Chromium prints as PDF, with the fonts that are free everywhere."""

_POND = (
    "The pond at the foot of the hill was dug in 1871 to water the horses of the mill. It has never been"
    " deeper than two metres, and in dry summers the children of the village walk across it. Reeds cover its"
    " northern side, where herons wait for frogs, and the offices of the mill look out over the southern. "
)
_WELL = (
    "The well in the yard is much older. Nobody knows who dug it, but the first fire in the records of the"
    " village, in 1622, was put out with its water. It is forty metres deep, and a stone that falls into it"
    " takes almost three seconds to reach the surface. "
)
_ARABIC = "البئر في الفناء عميقة جدا. يبلغ عمقها أربعين مترا. كتب الزائرون أسماءهم على الجدار."
_GREEK = "Το πηγάδι στην αυλή είναι πολύ παλιό. Το νερό του είναι κρύο."  # noqa: RUF001
_RUSSIAN = "Колодец во дворе очень старый. Его глубина сорок метров."  # noqa: RUF001
_ROWS = [("Town", "Vans", "Drivers"), ("Ghent", "41", "77"), ("Bruges", "12", "20"), ("Ypres", "3", "5")]
_TABLE = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _ROWS)
_LIST = "<ol><li>Pull the plug.</li><li>Hold the button.<ul><li>Use a pin.</li></ul></li><li>Wait.</li></ol>"

_NESTED = (
    "<h2>Lists</h2><p>The keeper of the pond has these duties:</p>"
    "<ul><li>Feed the ducks in the morning and in the evening, and never with bread, which is bad for them,"
    " however loudly they ask for it.</li>"
    "<li>Count the herons:<ul><li>the grey ones</li><li>the white ones, if there are any</li></ul></li>"
    "<li><p>Close the gate.</p><p>The key is under the stone.</p></li></ul>"
    "<p>Then, in this order:</p><ol start=3><li>Rest.</li><li>Sleep.</li></ol>"
)
_NESTED_TEXT = (
    "Lists\n\nThe keeper of the pond has these duties:\n\n"
    "Feed the ducks in the morning and in the evening, and never with bread, which is bad for them,"
    " however loudly they ask for it.\n"
    "Count the herons:\nthe grey ones\nthe white ones, if there are any\n"
    "Close the gate.\n\nThe key is under the stone.\n\nThen, in this order:\n\n3. Rest.\n4. Sleep."
)
_BIRDS: list[tuple[str, ...]] = [
    ("Bird", "Where it is seen", "When"),
    ("Heron", "at the northern side, among the reeds, where it waits for frogs all day", "spring"),
    ("Grey duck and white duck of the southern side", "on the water", "all the year"),
    ("Swallow", "above the water in the evening, and never in the reeds", ""),
]
_DAYS: list[tuple[str, ...]] = [
    ("Day", "Birds"),
    *((f"Day {n}", f"{n} herons and {n + 1} ducks") for n in range(1, 25)),
]
_SMALL = "<style>@page{size:A6}</style>"


def _table(rows: list[tuple[str, ...]]) -> str:
    head, *body = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    head = head.replace("td>", "th>")
    return f"<table><thead><tr>{head}</thead>{''.join(f'<tr>{row}' for row in body)}</table>"


def _table_text(rows: list[tuple[str, ...]]) -> str:
    return "\n".join("\t".join(row) for row in rows)


_BOTH = f"<p>{_POND}</p><p>{_WELL}</p><p>{_POND}</p>"
_BOTH_TEXT = f"{_POND}\n\n{_WELL}\n\n{_POND}"
_ARTICLE = f"<h1>The pond and the well</h1><h2>The pond</h2><p>{_POND}</p><h2>The well</h2><p>{_WELL}</p>"
_BORDERED = "border:1px solid;padding:4px 20px"


def _styled(style: str, content: str) -> str:
    return f'<div lang="en" style="{style}">{content}</div>'


PRINTED = {
    "printed-article.pdf": (
        _styled("font:12pt serif", _ARTICLE),
        f"The pond and the well\n\nThe pond\n\n{_POND}\n\nThe well\n\n{_WELL}",
    ),
    "printed-columns.pdf": (
        _styled("columns:2;font:11pt serif;text-align:justify;hyphens:auto", _BOTH),
        _BOTH_TEXT,
    ),
    "printed-three-columns.pdf": (_styled("columns:3;font:9pt sans-serif", _BOTH), _BOTH_TEXT),
    "printed-table.pdf": (
        f"<style>td{{{_BORDERED}}}</style><p>Vans by town:</p><table>{_TABLE}</table><p>The end.</p>",
        "Vans by town:\n\n" + "\n".join("\t".join(row) for row in _ROWS) + "\n\nThe end.",
    ),
    "printed-list.pdf": (
        f"<p>To reset the router:</p>{_LIST}",
        "To reset the router:\n\n1. Pull the plug.\n2. Hold the button.\nUse a pin.\n3. Wait.",
    ),
    "printed-nested.pdf": (_NESTED, _NESTED_TEXT),
    "printed-birds.pdf": (
        _styled("width:11cm", f"<p>Birds of the pond:</p>{_table(_BIRDS)}"),
        f"Birds of the pond:\n\n{_table_text(_BIRDS)}",
    ),
    "printed-days.pdf": (_SMALL + _table(_DAYS), _table_text(_DAYS)),
    "printed-arabic.pdf": (f"<p dir=rtl style='font:16pt DejaVu Sans'>{_ARABIC}</p>", _ARABIC),
    "printed-scripts.pdf": (
        f"<p style='font:13pt DejaVu Sans'>{_GREEK}</p><p style='font:13pt DejaVu Sans'>{_RUSSIAN}</p>",
        f"{_GREEK}\n\n{_RUSSIAN}",
    ),
    "printed-script-sizes.pdf": (
        "<p>The plant pumps 10<sup>6</sup> litres of H<sub>2</sub>O. The rule holds.<sup>3</sup></p>",
        "The plant pumps 10^6 litres of H₂O. The rule holds.^3",
    ),
}
"""The page and the right text of each file, by name. These files are tagged."""

UNTAGGED = {
    "untagged-nested.pdf": PRINTED["printed-nested.pdf"],
    "untagged-birds.pdf": PRINTED["printed-birds.pdf"],
}
"""The same for files without tags."""
