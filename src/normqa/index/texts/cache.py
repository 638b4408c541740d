"""A cache of the documents that were used last."""

import threading
from collections import OrderedDict

from normqa.datatypes import Document


class DocumentCache:
    """The documents that were used last, up to an estimated size. It is safe to use from several threads.

    Args:
        max_bytes: Maximum of the sizes together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[Document, int]] = OrderedDict()
        self._bytes = 0

    def get(self, document_id: str) -> Document | None:
        """Return a document if it is cached."""
        with self._lock:
            if document_id not in self._entries:
                return None
            self._entries.move_to_end(document_id)
            return self._entries[document_id][0]

    def add(self, document: Document, size: int) -> None:
        """Add a document, and drop those that were used least recently if the cache is full."""
        with self._lock:
            if document.id in self._entries:
                return
            self._entries[document.id] = document, size
            self._bytes += size
            while self._bytes > self._max_bytes:
                _, (_, dropped) = self._entries.popitem(last=False)
                self._bytes -= dropped
