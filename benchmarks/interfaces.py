"""Measure what chat completions and MCP add to ``POST /ask``.

One server in this process answers every question over each interface, through one open connection each, in
an order that alternates. The figures are medians of all answers, and of the differences between the answers
to the same question. The client of the MCP SDK validates every reply, so it takes longer.

Usage: python benchmarks/interfaces.py CORPUS --questions FILE.jsonl [--limit N]
"""

import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import anyio
from harness import Client, corpus_and_questions, served
from mcp.client import Client as McpClient

from normqa.answer.models import Models
from normqa.service import Service
from normqa.settings import read_settings

_VERSION = "2026-07-28"
_MCP_HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "MCP-Protocol-Version": _VERSION,
    "Mcp-Method": "tools/call",
    "Mcp-Name": "ask",
}
_MCP_META = {
    "io.modelcontextprotocol/protocolVersion": _VERSION,
    "io.modelcontextprotocol/clientCapabilities": {},
}


Ask = Callable[[str], Awaitable[None]]


def main() -> None:
    """Print medians, and medians of the paired differences."""
    corpus, questions = corpus_and_questions(__doc__, 150)
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(corpus=corpus, index=Path(folder) / "index")
        service = Service(settings, Models.load(settings))
        service.build()
        service.warm_up()
        with served(service, settings) as address:
            anyio.run(_measure, questions, address)


async def _measure(questions: list[str], address: tuple[str, int]) -> None:
    direct, chat, tool = (Client(address) for _ in range(3))
    async with McpClient("http://{}:{}/mcp".format(*address)) as sdk:

        async def with_sdk(question: str) -> None:
            await sdk.call_tool("ask", {"question": question})

        interfaces: dict[str, Ask] = {
            "POST /ask": _awaitable(direct.ask),
            "POST /v1/chat/completions": _awaitable(partial(_complete, chat)),
            "POST /mcp, tool ask": _awaitable(partial(_call, tool)),
            "the same, client of the SDK": with_sdk,
        }
        for ask in interfaces.values():
            await ask(questions[0])
        spent: dict[str, list[float]] = {name: [] for name in interfaces}
        for turn, question in enumerate(questions):
            names = list(interfaces)
            direct.ask(question)  # so that no interface is the first to see the question
            for name in names[turn % 4 :] + names[: turn % 4]:
                start = time.perf_counter()
                await interfaces[name](question)
                spent[name].append(time.perf_counter() - start)
    print(f"{len(questions)} questions\n{'interface':28} {'median':>9} {'added':>9}")
    for name, times in spent.items():
        _show(name, times, spent["POST /ask"])


def _awaitable(ask: Callable[[str], object]) -> Ask:
    async def ask_and_wait(question: str) -> None:
        ask(question)

    return ask_and_wait


def _show(name: str, times: list[float], own: list[float]) -> None:
    added = statistics.median(time - other for time, other in zip(times, own, strict=True))
    print(f"{name:28} {statistics.median(times) * 1000:6.1f} ms {added * 1000:6.2f} ms", flush=True)


def _complete(client: Client, question: str) -> bytes:
    body = {"model": "normqa", "messages": [{"role": "user", "content": question}]}
    return client.post("/v1/chat/completions", json.dumps(body))


def _call(client: Client, question: str) -> bytes:
    parameters = {"name": "ask", "arguments": {"question": question}, "_meta": _MCP_META}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters}
    reply = client.post("/mcp", json.dumps(body), _MCP_HEADERS)
    if b'"isError":false' not in reply:
        raise RuntimeError(reply)
    return reply


if __name__ == "__main__":
    main()
