"""Administration: rebuild the index and roll it back, over HTTP."""
