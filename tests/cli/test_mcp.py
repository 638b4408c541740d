"""``normqa mcp`` as a process of its own, over stdin and stdout."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from normqa.errors import ExtraMissing
from normqa.extras import MCP, Extra
from normqa.schema.answers import AnswerBody
from normqa.service import Service
from tests.conftest import SEED, WriteCorpus

QUESTION = "Which strategy uses hotlines?"
ENVIRONMENT = {
    "NORMQA_ENCODER": "hashing",
    "NORMQA_RERANKER": "none",
    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
}
COMMAND = ("-m", "normqa", "mcp")


def test_client_gets_the_same_answers(seed_service: Service, tmp_path: Path) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "--no-build"], env=ENVIRONMENT, cwd=tmp_path
    )

    async def talk() -> Any:
        async with Client(server) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            [resource] = (await client.list_resources()).resources
            text = (await client.read_resource(str(resource.uri))).contents[0]
            return tools, text, await client.call_tool("ask", {"question": QUESTION})

    tools, text, answer = anyio.run(talk)
    assert tools == ["ask", "verify_quote", "list_documents", "search", "fetch"]
    assert text.text == seed_service.document("strategies").text
    expected = AnswerBody.of(seed_service.ask(QUESTION)).to_json("normqa:/", "normqa:/")
    assert answer.structured_content == json.loads(expected)
    assert answer.structured_content["quotes"][0]["href"].startswith("normqa://documents/strategies?start=")


def test_only_the_protocol_is_on_stdout(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    """The first build runs in the background and reports on stderr."""
    write_corpus({"strategies.md": SEED.read_bytes()})
    client = {"name": "test", "version": "1"}
    initialize = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    ask = {"name": "ask", "arguments": {"question": QUESTION}}
    with subprocess.Popen(
        [sys.executable, *COMMAND],
        cwd=tmp_path,
        env=os.environ | ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr

        def send(method: str, params: dict[str, Any], number: int | None = None) -> None:
            about = {"jsonrpc": "2.0", "method": method, "params": params}
            assert process.stdin
            process.stdin.write(json.dumps(about if number is None else {**about, "id": number}) + "\n")
            process.stdin.flush()

        send("initialize", initialize, 1)
        lines = [process.stdout.readline()]
        send("notifications/initialized", {})
        assert any(line.startswith("Built generation") for line in iter(process.stderr.readline, ""))
        send("tools/call", ask, 2)
        lines.append(process.stdout.readline())
        process.stdin.close()
        lines += process.stdout
    first, second = map(json.loads, lines)
    assert first["result"]["serverInfo"]["name"] == "normqa"
    assert "Show quotes word for word" in first["result"]["instructions"]
    assert second["result"]["structuredContent"]["quotes"][0]["text"].startswith("6. Confidence-building")
    assert process.returncode == 0


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from normqa import extras
    from normqa.cli.mcp import mcp

    MCP.require("Nothing", ExtraMissing)
    monkeypatch.setattr(extras, "MCP", Extra("mcp", ("no_such_module_of_herons",)))
    with pytest.raises(ExtraMissing) as raised:
        mcp()
    assert raised.value.message == "normqa mcp needs the optional dependencies normqa[mcp]."
    assert raised.value.hint == "Run pip install 'normqa[mcp]'."
