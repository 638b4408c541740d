"""Request bodies that pydantic parses as JSON, strictly and whatever their Content-Type."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class FromJson:
    """Annotation of a body parameter whose model is validated from the JSON text itself.

    FastAPI would parse the text first and validate Python values. Python's parser accepts what JSON forbids,
    such as lone surrogates, and fails on deep nesting. The OpenAPI schema stays that of the model.
    """

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a schema that parses a Python value, which is the text, as JSON."""
        schema = handler(source)
        return core_schema.json_or_python_schema(schema, core_schema.json_schema(schema))


class _UnparsedRequest(Request):
    async def json(self) -> Any:  # noqa: ANN401 - overrides a method of Starlette
        return await self.body()


class JsonRoute(APIRoute):
    """A route that passes the text of the body to the model; see :class:`FromJson`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler with its JSON parser disabled."""
        handle = super().get_route_handler()

        async def handle_unparsed(request: Request) -> Response:
            return await handle(_UnparsedRequest(request.scope, request.receive))

        return handle_unparsed
