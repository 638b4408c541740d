"""Metadata of a document on its page, for Zotero and crawlers: Highwire ``citation_*`` and schema.org."""

from typing import Any

from normqa.citations.reference import Reference
from normqa.datatypes import Document


def highwire_tags(document: Document) -> list[tuple[str, str]]:
    """Return names and contents of ``meta`` elements."""
    about = Reference.of_document(document)
    tags = [
        ("citation_title", about.title),
        *(("citation_author", author.inverted) for author in about.authors),
        ("citation_publication_date", "/".join(f"{part:02}" for part in about.issued)),
        ("citation_journal_title", about.source),
        ("citation_publisher", about.publisher),
        ("citation_language", about.language),
        ("citation_public_url", about.url),
        ("citation_keywords", "; ".join(document.metadata.topics)),
    ]
    return [(name, content) for name, content in tags if content]


def schema_org(document: Document, page_url: str | None) -> dict[str, Any]:
    """Return the document in the vocabulary of schema.org, as JSON-LD.

    Args:
        document: The document.
        page_url: Absolute address of its page; None if it is not known.
    """
    about = Reference.of_document(document)
    values = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "identifier": about.id,
        "name": about.title,
        "author": [author.natural for author in about.authors],
        "datePublished": "-".join(f"{part:02}" for part in about.issued),
        "isPartOf": about.source and {"@type": "CreativeWork", "name": about.source},
        "publisher": about.publisher and {"@type": "Organization", "name": about.publisher},
        "inLanguage": about.language,
        "keywords": list(document.metadata.topics),
        "url": page_url,
        "sameAs": about.url,
    }
    return {name: value for name, value in values.items() if value}
