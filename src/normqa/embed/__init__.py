"""From text to vectors."""

from normqa.embed.encoder import Encoder
from normqa.embed.factory import load_encoder

__all__ = ["Encoder", "load_encoder"]
