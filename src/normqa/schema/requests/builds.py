"""What to do with the index."""

from typing import Annotated

from pydantic import Field

from normqa.schema.requests.rules import Name
from normqa.schema.requests.strict import StrictRequest


class RebuildRequest(StrictRequest):
    """How to rebuild the index."""

    full: Annotated[
        bool, Field(description="Encode every passage, even if nothing changed.", examples=[False])
    ] = False
    strict: Annotated[
        bool,
        Field(description="Fail if a file is skipped or its encoding is guessed.", examples=[False]),
    ] = False


class RollbackRequest(StrictRequest):
    """The generation to roll back to."""

    generation: Annotated[
        Name, Field(description="Name of the generation.", examples=["000042-20260101T120000.000000Z"])
    ]
