"""The tools of the MCP server: requests and replies of the HTTP API, and what connectors expect."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.types import CallToolResult, TextContent, ToolAnnotations

from normqa.schema.answers import AnswerBody
from normqa.schema.body import Body
from normqa.schema.requests.documents import FetchRequest, ListRequest, SearchRequest, VerifyRequest
from normqa.schema.requests.questions import AskRequest
from normqa.schema.requests.rules import MAX_TOP_K
from normqa.schema.verifications import VerifyBody
from normqa.serve.mcp.connectors import RESOURCES, FetchBody, ListBody, SearchBody, place_of
from normqa.serve.middleware.proxy import root_of
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.request.address import absolute_root

_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)


class _Arguments(ArgModelBase):
    """Validates the arguments of a tool as a request, which the tool receives as a whole."""

    def model_dump_one_level(self) -> dict[str, Any]:
        """Return the request as the only argument."""
        return {"asked": self}


class AskArguments(AskRequest, _Arguments):
    """A question with its options."""


class VerifyArguments(VerifyRequest, _Arguments):
    """A text to find in the documents."""


class SearchArguments(SearchRequest, _Arguments):
    """A search."""


class FetchArguments(FetchRequest, _Arguments):
    """A document to fetch."""


class ListArguments(ListRequest, _Arguments):
    """Which documents to list."""


def tools(snapshots: QueuedSnapshots) -> list[Tool]:
    """Return the tools.

    Args:
        snapshots: Answers questions, verifies texts and reads documents.
    """

    async def ask(asked: AskRequest, request: Request | None) -> AnswerBody:
        return AnswerBody.of(await snapshots.ask(request, asked.to_question(snapshots.settings)))

    async def verify(asked: VerifyRequest, request: Request | None) -> VerifyBody:
        return await snapshots.run(
            request,
            lambda snapshot, timer: VerifyBody.of(snapshot.check(asked.text, timer.deadline), snapshot),
        )

    async def list_documents(asked: ListRequest, request: Request | None) -> ListBody:
        return await snapshots.run(request, lambda snapshot, _: ListBody.of(asked, snapshot))

    async def search(asked: SearchRequest, request: Request | None) -> SearchBody:
        question = AskRequest(question=asked.query, top_k=MAX_TOP_K).to_question(snapshots.settings)
        return SearchBody.of(await snapshots.ask(request, question), address_of(request))

    async def fetch(asked: FetchRequest, request: Request | None) -> FetchBody:
        document_id, _ = place_of(asked)
        document = await snapshots.run(request, lambda snapshot, _: snapshot.document(document_id))
        return FetchBody.of(asked, document, address_of(request))

    def address_of(request: Request | None) -> str:
        return absolute_root(request, snapshots.settings) if request else RESOURCES

    base_url = snapshots.settings.base_url

    return [
        _tool(
            "ask",
            "Answer a question",
            "Answer a question about the documents with verbatim quotes and their exact sources. If the"
            " status is not_found, no answer was found in them: say so; the near misses may not answer.",
            AskArguments,
            AnswerBody,
            ask,
            base_url,
        ),
        _tool(
            "verify_quote",
            "Verify a quotation",
            "Check whether a text appears in the documents word for word, and where. Use it before you"
            " present a text as a quotation.",
            VerifyArguments,
            VerifyBody,
            verify,
            base_url,
        ),
        _tool(
            "list_documents",
            "List the documents",
            "List the documents that can be quoted, with titles, sources, dates and topics, but no texts.",
            ListArguments,
            ListBody,
            list_documents,
            base_url,
        ),
        _tool(
            "search",
            "Search the documents",
            "Find passages of the documents, verbatim. Fetch a result by its id to read it in context.",
            SearchArguments,
            SearchBody,
            search,
            base_url,
        ),
        _tool(
            "fetch",
            "Read a document",
            "Return the text of a document, verbatim.",
            FetchArguments,
            FetchBody,
            fetch,
            base_url,
        ),
    ]


def _tool(
    name: str,
    title: str,
    description: str,
    arguments: type[_Arguments],
    reply: type[Body],
    work: Callable[[Any, Request | None], Awaitable[Body]],
    base_url: str | None,
) -> Tool:
    """Return a tool that takes the fields of a request and returns the same JSON as the HTTP API."""

    async def call(asked: _Arguments, context: Context) -> CallToolResult:
        request = context.request_context.request
        root = root_of(request) if request else RESOURCES
        body = await work(asked, request)
        base = base_url if request else RESOURCES
        return CallToolResult(
            content=[TextContent(type="text", text=body.to_json(root, base).decode().rstrip())],
            structured_content=body.model_dump(mode="json", context={"root": root, "base_url": base}),
        )

    return Tool(
        fn=call,
        name=name,
        title=title,
        description=description,
        parameters=arguments.model_json_schema(),
        fn_metadata=FuncMetadata(
            arg_model=arguments, output_schema=reply.model_json_schema(mode="serialization")
        ),
        is_async=True,
        context_kwarg="context",
        annotations=_READ_ONLY,
    )
