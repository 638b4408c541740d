"""The state of the open index as JSON."""

from typing import Annotated, Literal

from pydantic import Field

from normqa.schema import examples
from normqa.schema.body import Body
from normqa.service import Snapshot


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
