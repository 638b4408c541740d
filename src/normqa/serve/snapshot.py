"""One snapshot of the index per request, as a FastAPI dependency."""

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from normqa.errors import IndexFault, NormqaError
from normqa.serve.access.identity import identity_of
from normqa.serve.redact import redact_fault, redact_snapshot
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer

if TYPE_CHECKING:
    from normqa.service import Service


async def _new_timer() -> Timer:
    return Timer()


RequestTimer = Annotated[Timer, Depends(_new_timer)]
"""Times the stages of one request."""


def open_snapshot(request: Request, timer: RequestTimer) -> Snapshot:
    """Return the snapshot of a request; everything in the request gets the same one.

    Raises:
        IndexFault: If there is no usable index.
    """
    with timer.stage("open"):
        return _snapshot_of(request)


def snapshot_or_error(request: Request) -> Snapshot | NormqaError:
    """Return the snapshot of a request, or the error that prevents one."""
    try:
        return _snapshot_of(request)
    except NormqaError as error:
        return error


RequestSnapshot = Annotated[Snapshot, Depends(open_snapshot)]
SnapshotOrError = Annotated[Snapshot | NormqaError, Depends(snapshot_or_error)]


def opened(snapshot: Snapshot | NormqaError) -> Snapshot:
    """Return a snapshot, or raise the error that prevents one."""
    if isinstance(snapshot, NormqaError):
        raise snapshot
    return snapshot


def _snapshot_of(request: Request) -> Snapshot:
    if not hasattr(request.state, "snapshot"):
        service: Service = request.app.state.service
        try:
            current = service.current(identity_of(request).groups)
            current = redact_snapshot(current, service.settings)
            request.state.snapshot = request.app.state.observer.watch(request, current)
        except IndexFault as fault:
            request.state.snapshot = redact_fault(fault, service.settings)
        except NormqaError as error:
            request.state.snapshot = error
    return opened(request.state.snapshot)
