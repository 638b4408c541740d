"""docs/settings.md: every setting with its default and meaning."""

import json

from normqa.settings import Settings
from tests.docs.pages import PAGES, table


def test_table_equals_the_fields_of_settings() -> None:
    expected = [
        (f"`{name}`", _written(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]
    assert table(PAGES["docs/settings.md"], "setting") == expected


def _written(default: object) -> str:
    if default in (None, ""):
        return "unset"
    return f"`{json.dumps(default) if isinstance(default, tuple) else default}`"
