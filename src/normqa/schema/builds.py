"""What came of a build as JSON, and how the index stands against the corpus."""

from typing import Annotated

from pydantic import Field

from normqa.build.build import Built
from normqa.build.status import Status
from normqa.index.plan import CorpusDiff
from normqa.schema import examples
from normqa.schema.documents import Body


class RenamedBody(Body):
    """A file that stands under another name now."""

    old: Annotated[str, Field(description="Its name in the index.", examples=["norms.md"])]
    new: Annotated[str, Field(description="Its name now.", examples=["norms-2024.md"])]


class CorpusDiffBody(Body):
    """How the corpus differs from a generation."""

    added: Annotated[list[str], Field(description="Files that are new.", examples=[["hotlines.md"]])]
    changed: Annotated[list[str], Field(description="Files with other bytes.", examples=[[]])]
    renamed: Annotated[list[RenamedBody], Field(description="Files with another name.", examples=[[]])]
    removed: Annotated[list[str], Field(description="Files that are gone.", examples=[[]])]
    kept: Annotated[int, Field(description="How many files are as they were.", examples=[12])]
    settings: Annotated[
        list[str], Field(description="Which of encoder, splitter and loader differ.", examples=[[]])
    ]

    @classmethod
    def of(cls, update: CorpusDiff) -> "CorpusDiffBody":
        """The update as JSON."""
        return cls(
            added=list(update.added),
            changed=list(update.changed),
            renamed=[RenamedBody(old=old, new=new) for old, new in update.renamed],
            removed=list(update.removed),
            kept=len(update.kept),
            settings=list(update.settings),
        )


class FileBody(Body):
    """What a build has to say of one file."""

    file: Annotated[str, Field(description="Its name in the corpus.", examples=["strategies.md"])]
    change: Annotated[
        str | None, Field(description="`added`, `changed`, `renamed`, or null.", examples=["added"])
    ]
    document: Annotated[
        str | None, Field(description="Id of its document; null if it gave none.", examples=["strategies"])
    ]
    passages: Annotated[int, Field(description="How many it has.", examples=[3])]
    characters: Annotated[int, Field(description="In its canonical text, in code points.", examples=[2466])]
    warnings: Annotated[list[str], Field(description="What is to be said of it.", examples=[[]])]


class BuildBody(Body):
    """What came of a build."""

    generation: Annotated[
        str | None,
        Field(
            description="In force after it; null where there is none.",
            examples=[examples.INDEX["generation"]],
        ),
    ]
    built: Annotated[bool, Field(description="Whether that is a new one.", examples=[True])]
    documents: Annotated[int, Field(description="That the corpus gives.", examples=[1])]
    passages: Annotated[int, Field(description="Of all of them.", examples=[3])]
    update: Annotated[CorpusDiffBody, Field(description="What had changed.", examples=[{}])]
    encoded: Annotated[int, Field(description="Passages that had to be encoded.", examples=[1])]
    saved: Annotated[int, Field(description="Passages that had been seen before.", examples=[2])]
    seconds: Annotated[dict[str, float], Field(description="Time of each stage.", examples=[{}])]
    files: Annotated[list[FileBody], Field(description="Every file, read or not.", examples=[[]])]

    @classmethod
    def of(cls, built: Built) -> "BuildBody":
        """The build as JSON."""
        report = built.report
        return cls(
            generation=built.manifest.generation if built.manifest else None,
            built=built.written,
            documents=sum(entry.document is not None for entry in built.files.values()),
            passages=sum(entry.passages for entry in built.files.values()),
            update=CorpusDiffBody.of(report.update),
            encoded=report.encoded,
            saved=report.saved,
            seconds=report.seconds,
            files=_files(built),
        )


class StatusBody(Body):
    """The index, held against the corpus."""

    generation: Annotated[str, Field(description="In force.", examples=[examples.INDEX["generation"]])]
    built_at: Annotated[str, Field(description="ISO 8601, UTC.", examples=[examples.INDEX["built_at"]])]
    rolled_back: Annotated[
        bool, Field(description="Whether somebody went back to it by hand.", examples=[False])
    ]
    documents: Annotated[int, Field(description="How many it holds.", examples=[1])]
    passages: Annotated[int, Field(description="How many it holds.", examples=[3])]
    stale: Annotated[bool, Field(description="Whether the corpus differs.", examples=[False])]
    drift: Annotated[CorpusDiffBody, Field(description="How the corpus differs.", examples=[{}])]

    @classmethod
    def of(cls, status: Status) -> "StatusBody":
        """The status as JSON."""
        return cls(
            generation=status.manifest.generation,
            built_at=status.manifest.built_at,
            rolled_back=status.rolled_back,
            documents=status.manifest.documents,
            passages=status.manifest.passages,
            stale=bool(status.drift),
            drift=CorpusDiffBody.of(status.drift),
        )


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
            *([f"left out: {problem.reason}" if problem.skipped else problem.reason] if problem else []),
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
