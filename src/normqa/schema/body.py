"""The base class of every JSON reply."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A frozen JSON object."""

    model_config = ConfigDict(frozen=True)

    def to_json(self) -> bytes:
        """Return the bytes to send, which end with a newline."""
        return self.model_dump_json().encode() + b"\n"
