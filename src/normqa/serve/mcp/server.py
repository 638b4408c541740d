"""The MCP server: tools, the documents as resources, and errors that say what to do."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    CallToolResult,
    InputRequiredResult,
    ListResourcesResult,
    Resource,
    ResourceTemplate,
    TextContent,
)
from pydantic import AnyUrl, ValidationError

from normqa import __version__
from normqa.errors import InvalidRequest, NormqaError, UnknownDocument
from normqa.index.entries import DocumentSummary
from normqa.schema.documents import document_href
from normqa.schema.errors import ErrorBody, invalid_request
from normqa.schema.requests.documents import FetchRequest
from normqa.serve.mcp.connectors import RESOURCES, place_of
from normqa.serve.mcp.tools import tools
from normqa.serve.observe.observer import note_failure
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.redact import redact
from normqa.settings import Settings

_TEXT = "text/plain"
_PAGE = 500
"""Maximum resources in one reply."""

_INSTRUCTIONS = (
    "normqa quotes a folder of documents verbatim. Use ask for questions about them. Show quotes word for"
    " word with their titles and places. If the status is not_found, tell the user that the documents do not"
    " answer the question. Use verify_quote before you present any text as a quotation from the documents."
)


class DocumentServer(MCPServer[Any]):
    """Answers questions about the documents, verifies quotations, and lists and reads documents.

    Args:
        snapshots: Answers questions, verifies texts and reads documents.
        settings: Tell which paths to leave out of messages.
    """

    def __init__(self, snapshots: QueuedSnapshots, settings: Settings) -> None:
        with _root_logger_kept():
            super().__init__(
                "normqa",
                title="normqa",
                description="Answers questions about a folder of documents by quoting them verbatim.",
                instructions=_INSTRUCTIONS,
                version=__version__,
                tools=tools(snapshots),
                subscriptions=False,
                middleware=[self._list_documents],
            )
        self._snapshots = snapshots
        self._hidden = settings

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. Report an error as the HTTP API does: with a code, a message and a hint."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            body = self._error_body(error.__cause__)
            if body is None:
                raise
            note_failure(context.request_context.request if context else None, body.code)
            text = body.to_json().decode().rstrip()
            return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        """Describe the addresses of documents."""
        return [
            ResourceTemplate(
                uri_template=f"{RESOURCES}/documents/{{+id}}",
                name="document",
                title="Document",
                description="The text of a document, verbatim.",
                mime_type=_TEXT,
            )
        ]

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Return the text of a document."""
        request = context.request_context.request if context else None
        try:
            document_id, _ = place_of(FetchRequest.parse({"id": str(uri)}))
            document = await self._snapshots.run(request, lambda snapshot, _: snapshot.document(document_id))
        except NormqaError as error:
            note_failure(request, error.code)
            if isinstance(error, UnknownDocument | InvalidRequest):
                raise ResourceNotFoundError(str(error)) from None
            raise ResourceError(redact(str(error), self._hidden)) from None
        return [ReadResourceContents(content=document.text, mime_type=_TEXT)]

    async def _list_documents(
        self, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        """List the documents of the request's snapshot, page by page, where resources are listed."""
        if ctx.method != "resources/list":
            return await call_next(ctx)
        cursor = (ctx.params or {}).get("cursor") or "0"
        start = int(cursor) if isinstance(cursor, str) and cursor.isdecimal() else 0
        try:
            summaries = await self._snapshots.run(ctx.request, lambda snapshot, _: snapshot.summaries())
        except NormqaError as error:
            note_failure(ctx.request, error.code)
            raise MCPError(INTERNAL_ERROR, redact(str(error), self._hidden)) from None
        end = start + _PAGE
        return ListResourcesResult(
            resources=list(map(_resource, summaries[start:end])),
            next_cursor=str(end) if end < len(summaries) else None,
        )

    def _error_body(self, error: BaseException | None) -> ErrorBody | None:
        if isinstance(error, ValidationError):
            error = invalid_request(error.errors(), "Change the argument and call the tool again.")
        if not isinstance(error, NormqaError):
            return None
        body = ErrorBody.of(error)
        return body.model_copy(update={"message": redact(body.message, self._hidden)})


def _resource(document: DocumentSummary) -> Resource:
    about = document.metadata
    return Resource(
        uri=RESOURCES + document_href(document.id),
        name=document.id,
        title=document.title,
        description=", ".join(filter(None, [about.source, about.date])) or None,
        mime_type=_TEXT,
    )


@contextmanager
def _root_logger_kept() -> Iterator[None]:
    """Undo what the body does to the root logger, which the SDK configures for the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
