"""The base class of every request."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from normqa.schema.errors import invalid_request


class StrictRequest(BaseModel):
    """A strict request: unknown fields are errors, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def parse(cls, values: Mapping[str, object] | bytes) -> Self:
        """Return the request with these fields.

        Args:
            values: The fields, or JSON.

        Raises:
            InvalidRequest: If a field breaks a rule. The message names the first such field.
        """
        try:
            if isinstance(values, bytes):
                return cls.model_validate_json(values)
            return cls.model_validate(values)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
            raise invalid_request(errors, "Change it and try again.") from None
