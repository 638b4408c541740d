"""The commands that search the documents: ``normqa ask`` and ``normqa verify``."""

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.options import CorpusOption, IndexOption, open_service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normqa.answer.explain import Explanation
    from normqa.citations.formats import Format
    from normqa.datatypes import Answer
    from normqa.search.verify import Verification
    from normqa.search.word_diff import DiffPart


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in plain words.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the same JSON as POST /ask.")] = False,
    export_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Print citations: csl-json, ris, bibtex, apa, mla, chicago, markdown, json,"
            " web-annotation or html.",
        ),
    ] = None,
    top_k: Annotated[
        int | None,
        typer.Option("--top-k", metavar="N", help="Maximum quotes per answer, from 1 to 20. [default: 3]"),
    ] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            "--min-confidence",
            metavar="P",
            help="Minimum confidence of an answer, from 0 to 1; less is a refusal. [default: 0.12]",
        ),
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="ID", help="Search only this document. Repeatable."),
    ] = None,
    folder: Annotated[
        list[str] | None,
        typer.Option("--folder", metavar="FOLDER", help="Search only documents in this folder. Repeatable."),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option("--topic", metavar="TOPIC", help="Search only documents with this topic. Repeatable."),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source", metavar="SOURCE", help="Search only documents from this source. Repeatable."
        ),
    ] = None,
    date_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="Search only documents of this date or later: 2021, 2021-05 or 2021-05-31.",
        ),
    ] = None,
    date_to: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help="Search only documents of this date or earlier."),
    ] = None,
    dated_only: Annotated[
        bool, typer.Option("--dated-only", help="Search only documents that have a date.")
    ] = False,
    after: Annotated[
        list[str] | None,
        typer.Option("--after", metavar="QUESTION", help="An earlier question. Repeatable, oldest first."),
    ] = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Search exactly as typed, without correcting typos or splitting."),
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show why: what was found, read and scored, with every figure."),
    ] = False,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Answer a question with verbatim quotes."""
    from normqa.cli import output
    from normqa.errors import InvalidRequest
    from normqa.schema.requests.questions import AskRequest

    filters = {
        "documents": document or [],
        "folders": folder or [],
        "topics": topic or [],
        "sources": source or [],
        "date_from": date_from,
        "date_to": date_to,
        "dated_only": dated_only,
    }
    request = AskRequest.parse(
        {
            "question": question,
            "top_k": top_k,
            "min_confidence": min_confidence,
            "filters": filters,
            "history": after or [],
            "exact": exact,
        }
    )
    file = None if export_format is None else _format(export_format)
    if file and explain:
        raise InvalidRequest("An explanation has no citations.", "Leave out --format or --explain.")
    logging.getLogger("normqa.service").addHandler(logging.NullHandler())  # the answer repeats its warning
    service = open_service(corpus=corpus, index=index)
    with service.warming_up():
        from normqa.schema.answers import AnswerBody
    snapshot = service.current()
    if explain:
        _explain(snapshot.explain(request.to_question(service.settings)), as_json, service.settings.base_url)
        return
    answer = snapshot.ask(request.to_question(service.settings))
    if file:
        from normqa.citations.export import Export

        export = Export(
            [answer], lambda document_id: snapshot.document(document_id).text, service.settings.base_url
        )
        output.write(file.render(export))
    elif as_json:
        output.write(AnswerBody.of(answer).to_json(base_url=service.settings.base_url))
    else:
        show_answer(answer)


def verify(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text to find.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Check whether a text appears verbatim in the documents."""
    from normqa.schema.requests.documents import VerifyRequest

    request = VerifyRequest.parse({"text": text})
    snapshot = open_service(corpus=corpus, index=index).current()
    found = snapshot.verify(request.text)
    show_verification(found)
    if found.matches and not found.is_verbatim:
        first = found.matches[0]
        show_differences(found.diff(first.span.of(snapshot.document(first.document_id).text)))
    if not found.is_verbatim:
        raise typer.Exit(1)


def _explain(explanation: "Explanation", as_json: bool, base_url: str | None) -> None:
    from normqa.cli import output
    from normqa.cli.explain import show_explanation
    from normqa.schema.explanations import ExplanationBody

    if as_json:
        output.write(ExplanationBody.of(explanation).to_json(base_url=base_url))
    else:
        show_explanation(explanation)


def _format(name: str) -> "Format":
    from normqa.citations.formats import FORMATS
    from normqa.errors import InvalidRequest

    if name not in FORMATS:
        raise InvalidRequest(f"There is no format {name!r}.", f"The formats are {', '.join(FORMATS)}.")
    return FORMATS[name]


def show_answer(answer: "Answer") -> None:
    """Write an answer for people."""
    from normqa.cli import output

    if answer.warning:
        output.warning(answer.warning)
    if answer.rolled_back:
        output.warning("The index was rolled back; text that changed since then may be quoted.")
    output.write(output.printable(f"{answer}\n"))
    if answer.quotes and answer.confidence is not None:
        output.write(f"\nConfidence: {answer.band} ({answer.confidence:.2f})\n")


def show_verification(found: "Verification") -> None:
    """Write where a text appears."""
    from normqa.cli import output

    heading = {
        "exact": "Found verbatim in:",
        "whitespace": "Found with different white space in:",
        "presentation": "Found with different characters of the same meaning, such as quotation marks, in:",
        "case": "Not found verbatim, but with different capitals in:",
        "separators": "Not found verbatim, but with different quotation marks, hyphens or spaces in:",
        "not_found": "Not found in these documents.",
    }
    output.write(heading[found.status] + "\n")
    for match in found.matches:
        output.write(output.printable(f"{match.document_id} [{match.span.start}, {match.span.end})\n"))


def show_differences(parts: "Sequence[DiffPart]") -> None:
    """Write the words of a text that differ from those of a document."""
    from normqa.cli import output

    for part in parts:
        if not part.is_same:
            line = f"  {output.one_line(part.sent.strip())!r} is {output.one_line(part.document.strip())!r}\n"
            output.write(output.printable(line))
