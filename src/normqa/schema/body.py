"""The base class of every JSON reply."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer, SerializationInfo


def _with_root(address: str, info: SerializationInfo) -> str:
    return f"{(info.context or {}).get('root', '')}{address}"


def _absolute(address: str, info: SerializationInfo) -> str | None:
    base_url = (info.context or {}).get("base_url")
    return None if base_url is None else f"{base_url}{address}"


Href = Annotated[str, PlainSerializer(_with_root)]
"""An address on this server, which starts with the server's path prefix in a reply."""


Url = Annotated[str, PlainSerializer(_absolute, return_type=str | None)]
"""A path on this server. In a reply, it is an absolute address, or null if the server's is not known."""


class Body(BaseModel):
    """A frozen JSON object."""

    model_config = ConfigDict(frozen=True)

    def to_json(self, root: str = "", base_url: str | None = None) -> bytes:
        """Return the bytes to send, which end with a newline.

        Args:
            root: Path prefix of the server, for addresses.
            base_url: Address that readers reach the server at, prefix included; None if it is not known.
        """
        return self.model_dump_json(context={"root": root, "base_url": base_url}).encode() + b"\n"
