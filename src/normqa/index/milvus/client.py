"""The connection to Milvus: time limits, errors with a way out, and a circuit breaker.

pymilvus retries calls with growing pauses until their time limit. After a call that failed nevertheless, all
calls fail at once for a moment, so that requests do not queue up for a server that is away.
"""

import logging
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from normqa.errors import ExtraMissing, IndexFault, IndexUnavailable
from normqa.extras import MILVUS
from normqa.index.milvus.address import Access
from normqa.index.milvus.faults import NotLoaded, is_away, translated

if TYPE_CHECKING:
    from pymilvus import MilvusClient

PAUSE_SECONDS = 1.0
"""How long calls fail at once after one that failed."""

RECONNECT_SECONDS = 2.0
"""How long a lost connection is tried again."""

_FIRST_PAUSE = 0.1

_LITE_VERSION = re.compile(r"milvus.lite", re.IGNORECASE)
_VERSION = re.compile(r"v?(\d+)\.(\d+)")
_OLDEST = (2, 5)


class Milvus:
    """A connection, which is opened at the first call and again after it was lost. Safe for several threads.

    Args:
        access: Where the database is, and how to sign in.
        clock: Returns seconds that only grow.
    """

    def __init__(self, access: Access, clock: Callable[[], float] = time.monotonic) -> None:
        self.access = access
        self._clock = clock
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        self._fault: tuple[float, IndexUnavailable] | None = None

    def call(self, method: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - each has its own type
        """Call a method of pymilvus' client.

        Raises:
            IndexUnavailable: If the server does not respond within the time limit, or refuses.
            NotFound: If a collection or alias does not exist.
        """
        with self._failing_fast():
            return self._call(method, *args, **kwargs)

    def read(self, method: str, collection: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - as call
        """Call a method that reads a collection, which is loaded into memory first if it is on disk only.

        Raises the same errors as :meth:`call`.
        """
        try:
            return self.call(method, collection, *args, **kwargs)
        except NotLoaded:
            self.call("load_collection", collection)
            return self.call(method, collection, *args, **kwargs)

    def schema(self) -> Any:  # noqa: ANN401 - pymilvus' own
        """Return an empty schema of a collection."""
        self._require()
        from pymilvus import MilvusClient  # noqa: PLC0415 - an optional dependency

        return MilvusClient.create_schema(enable_dynamic_field=False)

    def indexes(self) -> Any:  # noqa: ANN401 - pymilvus' own
        """Return an empty list of indexes of a collection."""
        self._require()
        from pymilvus import MilvusClient  # noqa: PLC0415 - an optional dependency

        return MilvusClient.prepare_index_params()

    def _call(self, method: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - as call
        """Call a method, and again for a moment if the connection is lost: pymilvus gives up at once."""
        seconds, pause = self.access.seconds, _FIRST_PAUSE
        end = time.monotonic() + min(seconds, RECONNECT_SECONDS)
        while True:
            try:
                return getattr(self._connected(), method)(*args, timeout=seconds, **kwargs)
            except Exception as error:
                if not is_away(error) or time.monotonic() + pause > end:
                    raise
            time.sleep(pause)
            pause *= 2

    @contextmanager
    def _failing_fast(self) -> Iterator[None]:
        fault = self._fault
        if fault and self._clock() - fault[0] < PAUSE_SECONDS:
            raise IndexUnavailable(fault[1].message, fault[1].hint)
        try:
            yield
        except (IndexFault, ExtraMissing):
            raise
        except Exception as error:
            raised = translated(error, self.access.address)
            if type(raised) is IndexUnavailable:
                self._fault = self._clock(), raised
            raise raised from error
        self._fault = None

    def _connected(self) -> "MilvusClient":
        with self._lock:
            if self._client is None:
                self._require()
                self._client = self._connect()
            return self._client

    def _connect(self) -> "MilvusClient":
        from pymilvus import MilvusClient  # noqa: PLC0415 - an optional dependency

        for noisy in ("pymilvus", "grpc._server"):  # they log every error with a traceback, and raise it
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        access = self.access
        options: dict[str, Any] = {}
        if access.certificate:
            _require_certificate(access.certificate)
            options["server_pem_path"] = access.certificate
        client = MilvusClient(
            access.address.uri,
            user=access.user,
            password=access.password,
            token=access.token,
            db_name=access.address.database,
            timeout=access.seconds,
            # pymilvus shares connections to an address, also those that have checked another certificate.
            dedicated=access.address.uri.startswith("https"),
            **options,
        )
        version = str(client.get_server_version(timeout=access.seconds))
        number = _VERSION.match(version)
        if number and not _LITE_VERSION.match(version) and tuple(map(int, number.groups())) < _OLDEST:
            client.close()
            raise IndexUnavailable(
                f"The Milvus server at {access.address} has version {version}, which cannot search words.",
                "Update it to Milvus 2.5 or newer.",
            )
        return client

    def _require(self) -> None:
        MILVUS.require("An index in Milvus", ExtraMissing)


def _require_certificate(path: str) -> None:
    """Refuse a file without certificates, which gRPC would report as a server that is away."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise IndexUnavailable(
            f"The certificate authority in {path} cannot be read ({error.strerror or error}).",
            "Correct the setting milvus_certificate: a file in PEM format.",
        ) from error
