"""Settings, read once at startup and passed down as plain values.

The command line overrides the environment (``NORMQA_TOP_K=5``), which overrides ``normqa.toml`` in the
working directory, which overrides the defaults here.
"""

import hashlib
import os
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from normqa.errors import InvalidSettings
from normqa.folders import patterns_of_index
from normqa.index.milvus.address import MilvusAddress
from normqa.origins import Origin

FILE = "normqa.toml"
PREFIX = "NORMQA_"

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_RERANKER = "reader"


_HEADER = r"^[A-Za-z0-9-]+$"

RENAMED = {"exact_limit": "ann_threshold"}
"""Old names of settings; they still work."""


def _location(value: object) -> object:
    """Return the address of an index that is not in a folder."""
    return (MilvusAddress.parse(value) or value) if isinstance(value, str) else value


class Settings(BaseSettings):
    """Every setting, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    corpus: Annotated[Path, Field(description="Folder of documents.")] = Path("corpus")
    exclude: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(description="Files to skip: names relative to the corpus, or patterns such as `drafts/*`."),
    ] = ("CONTRIBUTING.md",)
    index: Annotated[
        Path | MilvusAddress,
        BeforeValidator(_location),
        Field(
            description="Folder of the index, or its address in Milvus: `milvus+http://host:19530/database`,"
            " or a `.db` file of Milvus Lite."
        ),
    ] = Path("index")
    milvus_user: Annotated[str | None, Field(min_length=1, description="User of the Milvus server.")] = None
    milvus_password: Annotated[
        SecretStr | None, Field(min_length=1, description="Password of that user.")
    ] = None
    milvus_token: Annotated[
        SecretStr | None, Field(min_length=1, description="Token for Milvus, in place of user and password.")
    ] = None
    milvus_certificate: Annotated[
        Path | None,
        Field(description="Certificate authority of a server at `milvus+https://`. Default: the system's."),
    ] = None
    milvus_seconds: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="Maximum time of a call to Milvus, retries included."),
    ] = 10.0
    encoder: Annotated[
        str,
        Field(
            min_length=1,
            description="Name of the shipped model, a folder, a model id, or `hashing` (no model).",
        ),
    ] = DEFAULT_ENCODER
    question_prefix: Annotated[
        str | None,
        Field(
            description="Text put before every question. Default: the prefix in the model's configuration."
        ),
    ] = None
    passage_prefix: Annotated[
        str | None,
        Field(description="Text put before every passage. Default: the prefix in the model's configuration."),
    ] = None
    device: Annotated[
        str,
        Field(
            min_length=1,
            description="Device of the encoder: `cpu` (onnxruntime) or a torch device such as `cuda`.",
        ),
    ] = "cpu"
    reranker: Annotated[
        str,
        Field(
            min_length=1,
            description="Name of the shipped model, a folder, a model id, or `none`.",
        ),
    ] = DEFAULT_RERANKER
    calibration: Annotated[
        Path | None,
        Field(description="File written by `normqa calibrate`. Default: the file that ships with normqa."),
    ] = None
    min_confidence: Annotated[
        float, Field(ge=0, le=1, description="Minimum confidence of an answer; less is a refusal.")
    ] = 0.12
    top_k: Annotated[
        int, Field(ge=1, le=20, description="Maximum quotes per answer. Lists have up to 100 items.")
    ] = 3
    max_file_bytes: Annotated[
        int, Field(ge=1, description="Maximum size of a file; larger files are skipped.")
    ] = 10_000_000
    load_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Maximum time to read a file, except text and Markdown; slower ones are skipped, or a"
            " PDF's later pages.",
        ),
    ] = 120.0
    load_memory_mb: Annotated[
        int,
        Field(
            ge=512, description="Maximum memory to read such a file, in MB; files that need more are skipped."
        ),
    ] = 4000
    load_pages: Annotated[
        int, Field(ge=1, description="Maximum number of pages of a PDF to read; later pages are skipped.")
    ] = 5000
    keep_generations: Annotated[
        int, Field(ge=2, description="Number of builds to keep for `normqa rollback`.")
    ] = 3
    keep_days: Annotated[
        int,
        Field(
            ge=0,
            description="Earlier days, of those with builds, whose last build is kept as well.",
        ),
    ] = 3
    ann_threshold: Annotated[
        int,
        Field(
            ge=0,
            description="Passages above which dense search is approximate. Old name: `exact_limit`.",
        ),
    ] = 100_000
    cache: Annotated[
        Path | None,
        Field(
            description="Folder of exported encoders, and of indexes of evaluations and Python calls."
            " Default: `~/.cache/normqa`."
        ),
    ] = None
    questions_at_once: Annotated[
        int | None,
        Field(
            ge=1,
            description="Maximum concurrent questions per process. Default: CPU cores divided by `workers`.",
        ),
    ] = None
    max_waiting: Annotated[
        int,
        Field(
            ge=0,
            description="Maximum questions that wait for their turn per process; more get the status 503.",
        ),
    ] = 16
    question_seconds: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Seconds after which the server gives up a question, waiting included.",
        ),
    ] = 30.0
    workers: Annotated[
        int,
        Field(ge=1, le=64, description="Number of server processes. They share the index and the CPU cores."),
    ] = 1
    follow: Annotated[
        str | None,
        Field(
            min_length=1,
            description="File, folder or URL of builds that `normqa export` has written. If set, the server"
            " builds nothing and answers from the newest.",
        ),
    ] = None
    follow_seconds: Annotated[
        float,
        Field(ge=0.1, allow_inf_nan=False, description="Seconds between looks at it."),
    ] = 10.0
    admin_token: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="Token for `/admin`. If unset, `/admin` is disabled.",
        ),
    ] = None
    metrics_token: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="Token for `/metrics`. If unset, `/metrics` is disabled.",
        ),
    ] = None
    log_format: Annotated[
        Literal["text", "json"],
        Field(description="`json` logs a line for each request, and every other message, as JSON."),
    ] = "text"
    log_questions: Annotated[bool, Field(description="Whether the JSON log has the text of questions.")] = (
        False
    )
    question_log: Annotated[
        Path | None,
        Field(
            description="File that keeps questions, places of their answers and ratings, and nothing of who"
            " asked. If unset, no file keeps them."
        ),
    ] = None
    log_retention_days: Annotated[
        int, Field(ge=1, le=36_500, description="Days after which a question leaves that file.")
    ] = 90
    host: Annotated[str, Field(min_length=1, description="Address to serve on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to serve on; 0 picks a free port.")] = 8000
    root_path: Annotated[
        str,
        Field(
            pattern=r"^(/[A-Za-z0-9._~-]+)*$",
            description="Path prefix that a proxy serves normqa under, such as `/docs`.",
        ),
    ] = ""
    trusted_proxies: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...] | None,
        Field(
            description="Addresses of proxies whose `X-Forwarded-` headers are used."
            " Default: `FORWARDED_ALLOW_IPS`, or this machine."
        ),
    ] = None
    keys: Annotated[
        Path | None,
        Field(description="File of API keys, which `normqa keys` changes. If unset, there are no keys."),
    ] = None
    user_header: Annotated[
        str | None,
        Field(
            pattern=_HEADER,
            description="Header in which a proxy that `trusted_proxies` lists names the user,"
            " such as `X-Remote-User`.",
        ),
    ] = None
    groups_header: Annotated[
        str | None,
        Field(
            pattern=_HEADER,
            description="Header in which such a proxy names the groups of the user, separated by commas.",
        ),
    ] = None
    audiences: Annotated[
        dict[str, tuple[Annotated[str, Field(min_length=1)], ...]],
        Field(
            description="Groups that may see the documents whose id matches a pattern, such as"
            ' `{"hr/*" = ["hr"]}`. The front matter of a document may name groups too.'
        ),
    ] = {}
    require_key: Annotated[
        bool,
        Field(description="Whether every request needs an API key, or a user that a proxy names."),
    ] = False
    rate_per_minute: Annotated[
        int | None,
        Field(
            ge=1,
            description="Questions, verifications and sign-ins a minute for each API key, user or address,"
            " and for each process. Default: no limit.",
        ),
    ] = None
    rate_burst: Annotated[
        int, Field(ge=1, description="How many of them may come at once before that limit applies.")
    ] = 10
    allowed_hosts: Annotated[
        tuple[Annotated[str, Field(pattern=r"^(\*|(\*\.)?[^*/:@\s]+|[0-9A-Fa-f:.]+)$")], ...] | None,
        Field(
            description="Host names to answer to, such as `docs.example.org`, `*.example.org` or `*`."
            " Default: names of this machine if `host` is one, else every name."
        ),
    ] = None
    cors_origins: Annotated[
        tuple[Origin, ...],
        Field(description="Origins of web pages that may use the API, such as `https://example.org`."),
    ] = ()
    embed_origins: Annotated[
        tuple[Origin, ...],
        Field(
            description="Origins of web pages that may ask with the widget and show `/embed` in a frame,"
            " such as `https://example.org`; `*` is every page."
        ),
    ] = ()
    public_url: Annotated[
        str | None,
        Field(
            pattern=r"^https?://[^/\s?#]+(/[^/\s?#]+)*$",
            description="Address that readers reach the server at, such as `https://example.org/docs`."
            " Default: that of `host` if it is this machine.",
        ),
    ] = None
    api_reference: Annotated[
        bool | None,
        Field(
            description="Whether to serve the API reference at `/docs`. Default: if `host` is this machine."
        ),
    ] = None

    @property
    def base_url(self) -> str | None:
        """Address that readers reach the server at, without a final slash; None if it is not known."""
        if self.public_url or not is_loopback(self.host) or not self.port:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.root_path}"

    @property
    def cache_folder(self) -> Path:
        """Folder of exported encoders, and of indexes of evaluations and Python calls."""
        return self.cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "normqa"

    @property
    def index_folder(self) -> Path:
        """Folder of the index; for an index elsewhere, a folder for what this machine keeps beside it."""
        if isinstance(self.index, Path):
            return self.index
        digest = hashlib.sha256(str(self.index).encode()).hexdigest()[:12]
        return self.cache_folder / "indexes" / f"milvus-{digest}"

    @property
    def skipped_files(self) -> tuple[str, ...]:
        """Patterns of the names of files to skip: the setting ``exclude``, and an index inside the corpus."""
        return (*self.exclude, *patterns_of_index(self.corpus, self.index_folder))

    @property
    def proxy_addresses(self) -> list[str] | str:
        """Addresses of trusted proxies, in the form that uvicorn takes."""
        if self.trusted_proxies is None:
            return os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
        return list(self.trusted_proxies)

    @field_validator("user_header")
    @classmethod
    def _needs_proxies(cls, header: str | None, others: ValidationInfo) -> str | None:
        proxies = others.data.get("trusted_proxies")
        if header is not None and (not proxies or "*" in proxies):
            raise ValueError("it needs the setting trusted_proxies with the addresses of the proxies")
        return header

    @field_validator("groups_header")
    @classmethod
    def _needs_user(cls, header: str | None, others: ValidationInfo) -> str | None:
        if header is not None and not others.data.get("user_header"):
            raise ValueError("it needs the setting user_header")
        return header

    @field_validator("require_key")
    @classmethod
    def _needs_keys(cls, required: bool, others: ValidationInfo) -> bool:
        if required and not (others.data.get("keys") or others.data.get("user_header")):
            raise ValueError("it needs the setting keys or user_header")
        return required

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, values: dict[str, Any]) -> dict[str, Any]:
        old = {RENAMED[name]: value for name, value in values.items() if name in RENAMED}
        return old | {name: value for name, value in values.items() if name not in RENAMED}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the command line first, then the environment, then the file."""
        variables = {f"{PREFIX}{old.upper()}": new for old, new in RENAMED.items()}
        old = {
            variables[name.upper()]: value for name, value in os.environ.items() if name.upper() in variables
        }
        renamed = InitSettingsSource(settings_cls, old)
        return init_settings, env_settings, renamed, TomlConfigSettingsSource(settings_cls)


def is_loopback(host: str) -> bool:
    """Whether a name or address to serve on can only be reached from this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - each setting has its own type
    """Read the settings.

    Args:
        **given: From the command line or a caller; None counts as not given.

    Raises:
        InvalidSettings: If a setting is unknown or unusable.
    """
    known = [*Settings.model_fields, *RENAMED]
    for variable in os.environ:
        name = variable.upper().removeprefix(PREFIX)
        if variable.upper().startswith(PREFIX) and name.lower() not in known:
            raise _unknown(variable, "the environment", PREFIX)
    try:
        chosen = {RENAMED.get(name, name): value for name, value in given.items() if value is not None}
        return Settings(**chosen)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise _unknown(name, "the call" if name in given else FILE) from None
        raise InvalidSettings(
            f"The setting {name!r} is unusable: {first['msg']}.",
            "Correct its value; docs/settings.md lists all.",
        ) from None
    except SettingsError as error:
        raise InvalidSettings(
            f"The environment cannot be read: {error}.", 'Write a list as JSON: ["drafts/*"]'
        ) from None
    except ValueError as error:
        raise InvalidSettings(
            f"{FILE} cannot be read: {error}.", "Write one setting per line, such as: top_k = 5"
        ) from None


def settings_of_folder(folder: str | os.PathLike[str], **given: Any) -> Settings:  # noqa: ANN401
    """Read the settings for a folder of documents.

    Unless ``index`` is given, every folder but the configured corpus has an index of its own in the cache.

    Raises:
        InvalidSettings: If a setting is unknown or unusable.
    """
    corpus = Path(folder)
    settings = read_settings(**given | {"corpus": corpus})
    if given.get("index") is not None or corpus.resolve() == read_settings().corpus.resolve():
        return settings
    digest = hashlib.sha256(os.fsencode(corpus.resolve())).hexdigest()[:12]
    index = settings.cache_folder / "indexes" / f"{corpus.resolve().name}-{digest}"
    return settings.model_copy(update={"index": index})


def _unknown(name: str, place: str, prefix: str = "") -> InvalidSettings:
    """The error for a setting that does not exist, with the closest one that does."""
    fields = list(Settings.model_fields)
    close = get_close_matches(name.upper().removeprefix(prefix).lower(), fields, 1)
    suggestion = f"Did you mean {prefix + (close[0].upper() if prefix else close[0])!r}? " if close else ""
    return InvalidSettings(
        f"Unknown setting {name!r} in {place}.", f"{suggestion}The settings are {', '.join(fields)}."
    )
