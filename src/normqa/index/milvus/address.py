"""Where a Milvus server or a Milvus Lite file is, and how to sign in."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_SCHEME = "milvus+"
_LITE = ".db"
_DATABASE = re.compile(r"/?|/(?P<name>[A-Za-z_][A-Za-z0-9_]*)/?")


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """The address of a database.

    Attributes:
        uri: ``http://host:port`` or ``https://host:port`` of a server, or the path of a Milvus Lite file.
        database: Name of the database on the server; empty for the default one.
    """

    uri: str
    database: str = ""

    @classmethod
    def parse(cls, text: str) -> "MilvusAddress | None":
        """Parse ``milvus+http://host:19530/database`` or the path of a ``.db`` file; None if it is neither.

        Raises:
            ValueError: If the address is malformed.
        """
        if text.endswith(_LITE) and "://" not in text:
            return cls(text)
        if "://" not in text:
            return None
        parts = urlsplit(text.removeprefix(_SCHEME))
        database = _DATABASE.fullmatch(parts.path)
        if not text.startswith(_SCHEME) or parts.scheme not in {"http", "https"}:
            raise ValueError("an address begins with milvus+http:// or milvus+https://")
        if "@" in parts.netloc:
            raise ValueError("user and password belong to the settings milvus_user and milvus_password")
        if not parts.hostname or not database or parts.query or parts.fragment:
            raise ValueError("an address is like milvus+http://host:19530/database")
        return cls(f"{parts.scheme}://{parts.netloc}", database["name"] or "")

    @property
    def is_lite(self) -> bool:
        """Whether it is a file of Milvus Lite, which one process can open."""
        return "://" not in self.uri

    def __str__(self) -> str:
        return self.uri if self.is_lite else f"{_SCHEME}{self.uri}/{self.database}".rstrip("/")


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a database.

    Attributes:
        address: Where it is.
        user: Name of the user; empty for none.
        password: Password of the user.
        token: Token, in place of user and password.
        certificate: File of the certificate authority of a server with TLS; empty for those of the system.
        seconds: Maximum time of a call, retries included.
    """

    address: MilvusAddress
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    certificate: str = ""
    seconds: float = 10.0
