"""The base class of every JSON reply."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer, SerializationInfo


def _with_root(address: str, info: SerializationInfo) -> str:
    return f"{(info.context or {}).get('root', '')}{address}"


Href = Annotated[str, PlainSerializer(_with_root)]
"""An address on this server, which starts with the server's path prefix in a reply."""


class Body(BaseModel):
    """A frozen JSON object."""

    model_config = ConfigDict(frozen=True)

    def to_json(self, root: str = "") -> bytes:
        """Return the bytes to send, which end with a newline.

        Args:
            root: Path prefix of the server, for addresses.
        """
        return self.model_dump_json(context={"root": root}).encode() + b"\n"
