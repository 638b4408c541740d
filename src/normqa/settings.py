"""Settings: read once at the edge, checked, and passed down as plain values.

They come from the command line, then the environment (``NORMQA_TOP_K=5``), then ``normqa.toml`` in the
working directory, then the defaults here.
"""

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from normqa.errors import InvalidSettings

FILE = "normqa.toml"
PREFIX = "NORMQA_"

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_RERANKER = "ms-marco-MiniLM-L-12-v2"


class Settings(BaseSettings):
    """Every setting, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    corpus: Annotated[Path, Field(description="Folder of documents.")] = Path("corpus")
    exclude: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(description="Files of it that are not read: names, or patterns such as `drafts/*`."),
    ] = ("CONTRIBUTING.md",)
    index: Annotated[Path, Field(description="Folder of what is built.")] = Path("index")
    encoder: Annotated[
        str,
        Field(
            min_length=1,
            description="The packaged model, a folder with another, a model id, or `hashing` (no model).",
        ),
    ] = DEFAULT_ENCODER
    question_prefix: Annotated[
        str | None,
        Field(description="Put before questions; unset takes what the model's configuration says."),
    ] = None
    passage_prefix: Annotated[str | None, Field(description="Put before passages, likewise.")] = None
    device: Annotated[
        str,
        Field(
            min_length=1,
            description="Where the encoder runs: `cpu` (onnxruntime), or a torch device such as `cuda`.",
        ),
    ] = "cpu"
    reranker: Annotated[
        str,
        Field(
            min_length=1,
            description="The packaged model, a folder with another, a model id, or `none`.",
        ),
    ] = DEFAULT_RERANKER
    calibration: Annotated[
        Path | None,
        Field(
            description="File written by `normqa calibrate`; unset takes what comes with the installation."
        ),
    ] = None
    min_confidence: Annotated[
        float, Field(ge=0, le=1, description="An answer with less confidence is a refusal.")
    ] = 0.15
    top_k: Annotated[int, Field(ge=1, le=20, description="Most quotes of an answer that is not a list.")] = 3
    max_file_bytes: Annotated[int, Field(ge=1, description="Larger files are left out.")] = 10_000_000
    keep_generations: Annotated[
        int, Field(ge=2, description="How many builds stay, to go back to with `normqa rollback`.")
    ] = 3
    exact_limit: Annotated[
        int,
        Field(ge=0, description="With more passages, dense search looks where it is likely to find."),
    ] = 100_000
    cache: Annotated[
        Path | None,
        Field(
            description="Folder of exported encoders and of evaluations' indexes; unset takes the user's own."
        ),
    ] = None
    questions_at_once: Annotated[
        int | None,
        Field(ge=1, description="So many a process answers at once; unset, its share of the cores."),
    ] = None
    workers: Annotated[
        int, Field(ge=1, le=64, description="How many processes serve; they share the index and the cores.")
    ] = 1
    admin_token: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="Whoever has it may rebuild and roll back at `/admin`; unset, that is no address.",
        ),
    ] = None
    host: Annotated[str, Field(min_length=1, description="Address to serve on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to serve on; 0 takes a free one.")] = 8000

    @property
    def cache_folder(self) -> Path:
        """Where what is made once is kept."""
        return self.cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "normqa"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - one value of its own type a setting
    """Reads the settings.

    Args:
        **given: From the command line; those that are None count as not given.

    Raises:
        InvalidSettings: If a setting is unknown or unusable; it is named, and where it stands.
    """
    known = Settings.model_fields
    unknown = [
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and name[len(PREFIX) :].lower() not in known
    ]
    hint = f"The settings are {', '.join(known)}; in the environment they begin with {PREFIX}."
    if unknown:
        raise InvalidSettings(f"There is no setting {unknown[0]}.", hint)
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise InvalidSettings(f"There is no setting {name!r}, but {FILE} has one.", hint) from None
        raise InvalidSettings(f"The setting {name!r} is unusable: {first['msg']}.", hint) from None
    except SettingsError as error:
        raise InvalidSettings(
            f"The environment cannot be read: {error}.", 'Mend it; a list is JSON there: ["drafts/*"]'
        ) from None
    except ValueError as error:
        raise InvalidSettings(
            f"{FILE} cannot be read: {error}.", "Mend it; it holds lines like: top_k = 5"
        ) from None
