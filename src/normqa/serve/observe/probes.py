"""Routes for supervisors and load balancers: whether the process lives, and whether it can answer."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from normqa.schema.builds import LiveBody, ReadyBody
from normqa.serve.documents import NO_INDEX
from normqa.serve.responses import json_reply
from normqa.serve.snapshot import RequestSnapshot

_NO_STORE = {"Cache-Control": "no-store"}
_ALIVE: dict[int | str, dict[str, Any]] = {200: {"description": "The process responds."}}


def probe_routes() -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["Index"])

    @router.get("/health/live", response_model=LiveBody, responses=_ALIVE)
    async def get_liveness() -> Response:
        """Report that the process responds. The index is not looked at."""
        return json_reply(LiveBody(status="live"), headers=_NO_STORE)

    @router.get("/health/ready", response_model=ReadyBody, responses=NO_INDEX)
    def get_readiness(request: Request, snapshot: RequestSnapshot) -> Response:
        """Report the generation that answers. The status is 503 if questions cannot be answered."""
        generation = snapshot.generation
        if generation is None:
            request.app.state.service.require_corpus()
        else:
            generation.require_loaded()
        return json_reply(
            ReadyBody(status="ready", generation=generation.name if generation else None), headers=_NO_STORE
        )

    return router
