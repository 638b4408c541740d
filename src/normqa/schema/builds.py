"""Builds and the state of the index as JSON."""

from typing import Annotated, Literal

from pydantic import Field

from normqa.build.build import Built
from normqa.build.status import Status
from normqa.index.report import CorpusDiff
from normqa.schema import examples
from normqa.schema.body import Body
from normqa.snapshot import Snapshot


class RenamedBody(Body):
    """A file that was renamed."""

    old: Annotated[str, Field(description="Name in the index.", examples=["norms.md"])]
    new: Annotated[str, Field(description="Name in the corpus.", examples=["norms-2024.md"])]


class CorpusDiffBody(Body):
    """The differences between a corpus and a generation."""

    added: Annotated[list[str], Field(description="New files.", examples=[["hotlines.md"]])]
    changed: Annotated[list[str], Field(description="Files whose content changed.", examples=[[]])]
    renamed: Annotated[list[RenamedBody], Field(description="Files that were renamed.", examples=[[]])]
    removed: Annotated[list[str], Field(description="Files that were removed.", examples=[[]])]
    kept: Annotated[int, Field(description="Number of unchanged files.", examples=[12])]
    settings: Annotated[
        list[str], Field(description="Which of encoder, splitter, loader and lexical changed.", examples=[[]])
    ]

    @classmethod
    def of(cls, update: CorpusDiff) -> "CorpusDiffBody":
        """Return the differences as JSON."""
        return cls(
            added=list(update.added),
            changed=list(update.changed),
            renamed=[RenamedBody(old=old, new=new) for old, new in update.renamed],
            removed=list(update.removed),
            kept=len(update.kept),
            settings=list(update.settings),
        )


class FileBody(Body):
    """What a build did with one file."""

    file: Annotated[str, Field(description="Name in the corpus.", examples=["strategies.md"])]
    change: Annotated[
        str | None, Field(description="`added`, `changed`, `renamed`, or null.", examples=["added"])
    ]
    document: Annotated[
        str | None,
        Field(description="Id of the document; null if the file has none.", examples=["strategies"]),
    ]
    passages: Annotated[int, Field(description="Number of passages.", examples=[3])]
    characters: Annotated[
        int, Field(description="Length of the canonical text in code points.", examples=[2466])
    ]
    warnings: Annotated[list[str], Field(description="Problems with the file.", examples=[[]])]


class BuildBody(Body):
    """The result of a build."""

    generation: Annotated[
        str | None,
        Field(
            description="Current generation; null if there is none.",
            examples=[examples.INDEX["generation"]],
        ),
    ]
    built: Annotated[bool, Field(description="Whether the build made a new generation.", examples=[True])]
    documents: Annotated[int, Field(description="Number of documents.", examples=[1])]
    passages: Annotated[int, Field(description="Number of passages.", examples=[3])]
    update: Annotated[CorpusDiffBody, Field(description="What changed since the last build.", examples=[{}])]
    encoded: Annotated[int, Field(description="Number of passages that were encoded.", examples=[1])]
    saved: Annotated[int, Field(description="Number of passages whose vectors were reused.", examples=[2])]
    seconds: Annotated[dict[str, float], Field(description="Seconds spent in each stage.", examples=[{}])]
    files: Annotated[list[FileBody], Field(description="Every file, including skipped ones.", examples=[[]])]

    @classmethod
    def of(cls, built: Built) -> "BuildBody":
        """Return the build as JSON."""
        report = built.report
        return cls(
            generation=built.manifest.generation if built.manifest else None,
            built=built.written,
            documents=sum(entry.document is not None for entry in built.files.values()),
            passages=sum(entry.passages for entry in built.files.values()),
            update=CorpusDiffBody.of(report.update),
            encoded=report.encoded,
            saved=report.reused,
            seconds=report.seconds,
            files=_files(built),
        )


class StatusBody(Body):
    """The current generation, compared with the corpus."""

    generation: Annotated[
        str, Field(description="Name of the current generation.", examples=[examples.INDEX["generation"]])
    ]
    built_at: Annotated[
        str, Field(description="Time of the build, ISO 8601 in UTC.", examples=[examples.INDEX["built_at"]])
    ]
    rolled_back: Annotated[
        bool, Field(description="Whether an administrator rolled back to it.", examples=[False])
    ]
    documents: Annotated[int, Field(description="Number of documents.", examples=[1])]
    passages: Annotated[int, Field(description="Number of passages.", examples=[3])]
    stale: Annotated[bool, Field(description="Whether the corpus changed since the build.", examples=[False])]
    drift: Annotated[CorpusDiffBody, Field(description="What changed since the build.", examples=[{}])]
    glyph_map_bytes: Annotated[
        int,
        Field(
            description="Size of the maps from the texts of PDF files to the glyphs on their pages.",
            examples=[0],
        ),
    ] = 0

    @classmethod
    def of(cls, status: Status) -> "StatusBody":
        """Return the status as JSON."""
        return cls(
            generation=status.manifest.generation,
            built_at=status.manifest.built_at,
            rolled_back=status.rolled_back,
            documents=status.manifest.documents,
            passages=status.manifest.passages,
            stale=bool(status.drift),
            drift=CorpusDiffBody.of(status.drift),
            glyph_map_bytes=status.glyph_map_bytes,
        )


class HealthBody(Body):
    """The generation that answers questions."""

    status: Annotated[
        Literal["ready", "empty"],
        Field(description="`empty` if there are no documents.", examples=["ready", "empty"]),
    ]
    generation: Annotated[
        str | None, Field(description="Name of the generation.", examples=[examples.INDEX["generation"]])
    ]
    built_at: Annotated[
        str | None,
        Field(description="Time of the build, ISO 8601 in UTC.", examples=[examples.INDEX["built_at"]]),
    ]
    documents: Annotated[int, Field(description="Number of documents.", examples=[1])]
    passages: Annotated[int, Field(description="Number of passages.", examples=[3])]
    rolled_back: Annotated[
        bool,
        Field(description="Whether an administrator rolled back to this generation.", examples=[False]),
    ]
    warning: Annotated[
        str | None,
        Field(description="Fault of the index; answers may be incomplete or outdated.", examples=[None]),
    ]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "HealthBody":
        """Return the state of a snapshot as JSON."""
        generation = snapshot.generation
        return cls(
            status="ready" if generation and generation.documents else "empty",
            generation=generation.name if generation else None,
            built_at=generation.manifest.built_at if generation else None,
            documents=generation.documents if generation else 0,
            passages=generation.passages if generation else 0,
            rolled_back=snapshot.rolled_back,
            warning=snapshot.warning,
        )


class LiveBody(Body):
    """A process that responds."""

    status: Annotated[Literal["live"], Field(description="Always `live`.", examples=["live"])]


class ReadyBody(Body):
    """A server that can answer questions."""

    status: Annotated[Literal["ready"], Field(description="Always `ready`.", examples=["ready"])]
    generation: Annotated[
        str | None,
        Field(
            description="Name of the generation; null if there are no documents.",
            examples=[examples.INDEX["generation"]],
        ),
    ]


def _files(built: Built) -> list[FileBody]:
    update, duplicates = built.report.update, built.duplicates
    change = {
        **dict.fromkeys(update.added, "added"),
        **dict.fromkeys(update.changed, "changed"),
        **dict.fromkeys((new for _, new in update.renamed), "renamed"),
    }
    problems = {problem.path: problem for problem in built.report.problems}
    bodies = []
    for name in sorted({*built.files, *problems}):
        entry, problem, original = built.files.get(name), problems.get(name), duplicates.get(name)
        warnings = [
            *([f"skipped: {problem.reason}" if problem.skipped else problem.reason] if problem else []),
            *([f"has the same text as {original}"] if original else []),
        ]
        bodies.append(
            FileBody(
                file=name,
                change=change.get(name),
                document=entry.document if entry else None,
                passages=entry.passages if entry else 0,
                characters=entry.characters if entry else 0,
                warnings=warnings,
            )
        )
    return bodies
