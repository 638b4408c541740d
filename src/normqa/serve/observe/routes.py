"""The route of the metrics."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from normqa.serve.access.tokens import TokenCheck
from normqa.serve.errors import MetricsTokenRequired

if TYPE_CHECKING:
    from normqa.serve.observe.metrics import Metrics


def metrics_routes(metrics: "Metrics", token: str) -> APIRouter:
    """Return the route.

    Args:
        metrics: The figures.
        token: Every request must send it.
    """
    router = APIRouter(include_in_schema=False)
    check = TokenCheck(token, MetricsTokenRequired)

    async def require_token(request: Request) -> None:
        await check(request, check.sent_by(request))

    @router.get("/metrics", dependencies=[Depends(require_token)])
    def figures() -> Response:
        """Return the figures for Prometheus."""
        return Response(
            metrics.render(),
            headers={"Cache-Control": "no-store"},
            media_type="text/plain; version=0.0.4; charset=utf-8",
        )

    return router
