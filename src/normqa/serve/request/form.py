"""Forms that pages send."""

from urllib.parse import parse_qsl

from fastapi import Request


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form."""
    return dict(parse_qsl((await request.body()).decode(errors="replace")))
