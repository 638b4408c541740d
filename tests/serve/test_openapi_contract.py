"""Schemathesis: the responses to generated requests are those of the OpenAPI description."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from schemathesis import openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from normqa.search.filters import is_date
from normqa.serve.access.keys import KeyFile
from normqa.serve.app import create_app
from normqa.settings import Settings
from tests.serve.conftest import PUBLIC_URL, Built

FILES = {
    "birds.md": "---\ntopics: [birds]\ndate: 2021-05\n---\n# Birds\n\nThe pelican eats herring.\n",
    "lists.md": "# Lists\n\nThree channels:\n\n1. Hotlines\n2. Meetings\n3. Letters\n",
    "plain text.txt": "Herons wade in mud.\n",
}
CONFIG = {
    "seed": 1,
    "generation": {"max-examples": 15, "database": "none"},
    "checks": {
        # The size of a body is checked before its content.
        "negative_data_rejection": {"expected-statuses": [400, 404, 405, 406, 413, 422]},
        # A conversation without a question has the status 400, which no other route sends.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", 400, 401, 403, 404, 409, 429, "5xx"]
        },
    },
}


def test_responses_are_those_of_the_description(built: Built, tmp_path: Path) -> None:
    """Every check of Schemathesis, on examples, edge cases, random values and sequences of requests.

    Keys are optional, and none is sent.
    """
    failures, checks = checked(app_with_keys(built, tmp_path, require_key=False))
    assert failures == []
    assert checks > 1000


def test_responses_to_a_required_key_are_those_of_the_description(built: Built, tmp_path: Path) -> None:
    """Examples with a key, and with none or another one."""
    app = app_with_keys(built, tmp_path, require_key=True)
    key = KeyFile(tmp_path / "keys.json").add("all", {"ask", "verify", "read"})
    phases = {name: {"enabled": False} for name in ("coverage", "fuzzing", "stateful")}
    failures, checks = checked(app, {"headers": {"Authorization": f"Bearer {key}"}, "phases": phases})
    assert failures == []
    assert checks > 100


def app_with_keys(built: Built, folder: Path, *, require_key: bool) -> FastAPI:
    """Return an application with a file of keys."""
    settings = Settings(
        keys=folder / "keys.json",
        require_key=require_key,
        allowed_hosts=("*",),
        min_confidence=0.3,
        public_url=PUBLIC_URL,
    )
    return create_app(settings, built(FILES))


def checked(app: FastAPI, changes: Mapping[str, Any] = MappingProxyType({})) -> tuple[list[str], int]:
    """Return the failures of an application, and the number of checks."""
    config = SchemathesisConfig.from_dict({**CONFIG, **changes})
    schema = openapi.from_asgi("/openapi.json", app, config=config)

    @schema.hook
    def map_body(context: Any, body: Any) -> Any:  # noqa: ARG001 - the hook's signature
        return _with_question(_with_dates_in_order(body))

    @schema.hook
    def map_query(context: Any, query: Any) -> Any:  # noqa: ARG001 - the hook's signature
        return _period_in_order(query)

    failures, checks = list[str](), 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            made = [check for group in event.recorder.checks.values() for check in group]
            checks += len(made)
            failures += [_failure(check) for check in made if check.failure_info]
        elif isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(repr(event))
    return failures, checks


def _with_dates_in_order(body: Any) -> Any:
    """Leave out the end of a period: JSON Schema cannot say that it is not before the start."""
    return {**body, "filters": _period_in_order(body["filters"])} if _has(body, "filters") else body


def _period_in_order(filters: Any) -> Any:
    if not _has(filters, "date_from") or not is_date(filters.get("date_to")):
        return filters  # an invalid end is to be rejected
    return {name: value for name, value in filters.items() if name != "date_to"}


def _has(values: Any, name: str) -> bool:
    return isinstance(values, dict) and values.get(name) is not None


def _with_question(body: Any) -> Any:
    """Add a question to a conversation: JSON Schema cannot say that the last user message must be one."""
    if isinstance(body, dict) and isinstance(body.get("messages"), list):
        return {**body, "messages": [*body["messages"], {"role": "user", "content": "Who eats herring?"}]}
    return body


def _failure(check: Any) -> str:
    return f"{check.name}: {check.failure_info.code_sample}\n{check.failure_info.failure}"
