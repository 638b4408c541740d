"""The page of a brief, and its files. The address contains the whole brief; the server stores nothing."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from normqa.citations.brief.brief import NOTE_LABEL, Brief, CitedQuote
from normqa.citations.brief.formats import BRIEF_FORMATS, BriefFormat
from normqa.serve.brief.collected import UNTITLED, collected_brief
from normqa.serve.brief.draft import MAX_BYTES, Draft
from normqa.serve.middleware.proxy import root_of
from normqa.serve.pages.pages import Pages
from normqa.serve.pages.permalink import QuoteLink
from normqa.serve.pages.views.quote import ShownQuote, show_quote
from normqa.serve.snapshot import RequestSnapshot
from normqa.settings import Settings
from normqa.snapshot import Snapshot

PATH = "/brief"


def brief_routes(pages: Pages, settings: Settings) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the page.
        settings: Have the address of the server.
    """
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    def show(request: Request, snapshot: RequestSnapshot) -> Response:
        """Show the brief in the address, to read and to edit."""
        draft = Draft.read(request.query_params.multi_items())
        if edited := draft.edited(request.query_params):
            edited.check()
            return RedirectResponse(f"{root_of(request)}{PATH}?{edited.query}", 303)
        draft.check()
        brief = collected_brief(draft, snapshot, settings.base_url)
        return pages.render(
            request,
            "brief.html",
            snapshot,
            draft=draft,
            untitled=UNTITLED,
            items=list(zip(draft.quotes, brief.items, _shown(brief, snapshot), strict=True)),
            formats=BRIEF_FORMATS,
            note_label=NOTE_LABEL,
            max_bytes=MAX_BYTES,
            common=pages.digest(snapshot).common,
        )

    def file_as(extension: str, file: BriefFormat) -> Callable[..., Response]:
        def download(request: Request, snapshot: RequestSnapshot) -> Response:
            """Download the brief in the address."""
            draft = Draft.read(request.query_params.multi_items())
            draft.check()
            body = file.render(collected_brief(draft, snapshot, settings.base_url))
            headers = {"Content-Disposition": f'attachment; filename="brief.{extension}"'}
            return Response(body, headers=headers, media_type=file.media_type)

        return download

    for extension, file in BRIEF_FORMATS.items():
        router.add_api_route(f"{PATH}.{extension}", file_as(extension, file))
    return router


def _shown(brief: Brief, snapshot: Snapshot) -> list[ShownQuote | None]:
    """Return the quotes as a page shows them; None for those that are missing."""
    links = [QuoteLink.of(item.quote) for item in brief.cited]

    def shown(item: CitedQuote) -> ShownQuote:
        document = snapshot.document(item.quote.citation.document_id)
        return show_quote(item.quote, item.number, brief.title, links, document)

    return [shown(item) if isinstance(item, CitedQuote) else None for item in brief.items]
