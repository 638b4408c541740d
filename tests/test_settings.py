"""Sources of settings, their precedence, and invalid settings."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from normqa.errors import InvalidSettings
from normqa.settings import Settings, read_settings


def _write(*lines: str) -> None:
    Path("normqa.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _plain() -> dict[str, Any]:
    """Return every setting, with the secret one in clear text."""
    told = read_settings().model_dump()
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in told.items()
    }


def test_every_setting_has_a_default() -> None:
    assert _plain() == {
        "corpus": Path("corpus"),
        "exclude": ("CONTRIBUTING.md",),
        "index": Path("index"),
        "milvus_user": None,
        "milvus_password": None,
        "milvus_token": None,
        "milvus_certificate": None,
        "milvus_seconds": 10.0,
        "encoder": "all-MiniLM-L6-v2",
        "question_prefix": None,
        "passage_prefix": None,
        "device": "cpu",
        "reranker": "reader",
        "calibration": None,
        "min_confidence": 0.12,
        "top_k": 3,
        "max_file_bytes": 10_000_000,
        "load_seconds": 120.0,
        "load_memory_mb": 4000,
        "load_pages": 5000,
        "keep_generations": 3,
        "keep_days": 3,
        "ann_threshold": 100_000,
        "cache": None,
        "questions_at_once": None,
        "max_waiting": 16,
        "question_seconds": 30.0,
        "workers": 1,
        "admin_token": None,
        "host": "127.0.0.1",
        "port": 8000,
        "allowed_hosts": None,
        "root_path": "",
        "trusted_proxies": None,
        "cors_origins": (),
        "embed_origins": (),
        "follow": None,
        "follow_seconds": 10.0,
        "metrics_token": None,
        "log_format": "text",
        "log_questions": False,
        "question_log": None,
        "log_retention_days": 90,
        "keys": None,
        "user_header": None,
        "groups_header": None,
        "audiences": {},
        "require_key": False,
        "rate_per_minute": None,
        "rate_burst": 10,
        "public_url": None,
        "api_reference": None,
    }


def test_every_setting_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "corpus": "papers",
        "exclude": '["drafts/*", "TODO.md"]',
        "index": "built",
        "milvus_user": "reader",
        "milvus_password": "open milvus",
        "milvus_token": "milvus token",
        "milvus_certificate": "ca.pem",
        "milvus_seconds": "2.5",
        "encoder": "hashing",
        "question_prefix": "query: ",
        "passage_prefix": "",
        "device": "cuda:1",
        "reranker": "none",
        "calibration": "fitted.json",
        "min_confidence": "0.4",
        "top_k": "5",
        "max_file_bytes": "1000",
        "load_seconds": "30.0",
        "load_memory_mb": "2000",
        "load_pages": "100",
        "keep_generations": "2",
        "keep_days": "0",
        "ann_threshold": "0",
        "cache": "kept",
        "questions_at_once": "4",
        "max_waiting": "0",
        "question_seconds": "2.5",
        "workers": "2",
        "admin_token": "open sesame, open",
        "host": "::1",
        "port": "0",
        "allowed_hosts": '["docs.example.org"]',
        "root_path": "/docs",
        "trusted_proxies": '["10.0.0.5"]',
        "cors_origins": '["https://a.example"]',
        "embed_origins": '["https://b.example"]',
        "follow": "https://build.example.org/norms.normqa",
        "follow_seconds": "2.5",
        "metrics_token": "open metrics, open",
        "log_format": "json",
        "log_questions": "True",
        "question_log": "asked.db",
        "log_retention_days": "7",
        "keys": "keys.json",
        "user_header": "X-User",
        "groups_header": "X-Groups",
        "audiences": '{"hr/*": ["hr"]}',
        "require_key": "True",
        "rate_per_minute": "30",
        "rate_burst": "5",
        "public_url": "https://a.example/q",
        "api_reference": "True",
    }
    assert set(values) == set(Settings.model_fields)
    for name, value in values.items():
        monkeypatch.setenv(f"NORMQA_{name.upper()}", value)
    told = {
        name: json.dumps(value) if isinstance(value, tuple | dict) else str(value)
        for name, value in _plain().items()
    }
    assert told == values


def test_every_setting_can_come_from_the_file() -> None:
    _write(
        'corpus = "papers"',
        'exclude = ["drafts/*", "TODO.md"]',
        'index = "built"',
        'milvus_user = "reader"',
        'milvus_password = "open milvus"',
        'milvus_token = "milvus token"',
        'milvus_certificate = "ca.pem"',
        "milvus_seconds = 2.5",
        'encoder = "hashing"',
        'question_prefix = "query: "',
        'passage_prefix = ""',
        'device = "cuda"',
        'reranker = "none"',
        'calibration = "fitted.json"',
        "min_confidence = 0.4",
        "top_k = 5",
        "max_file_bytes = 1_000",
        "load_seconds = 30",
        "load_memory_mb = 2_000",
        "load_pages = 100",
        "keep_generations = 2",
        "keep_days = 0",
        "ann_threshold = 0",
        'cache = "kept"',
        "questions_at_once = 4",
        "max_waiting = 0",
        "question_seconds = 2.5",
        "workers = 2",
        'admin_token = "open sesame, open"',
        'host = "::1"',
        "port = 0",
        'allowed_hosts = ["docs.example.org"]',
        'root_path = "/docs"',
        'trusted_proxies = ["10.0.0.5"]',
        'cors_origins = ["https://a.example"]',
        'embed_origins = ["https://b.example"]',
        'follow = "https://build.example.org/norms.normqa"',
        "follow_seconds = 2.5",
        'metrics_token = "open metrics, open"',
        'log_format = "json"',
        "log_questions = true",
        'question_log = "asked.db"',
        "log_retention_days = 7",
        'keys = "keys.json"',
        'user_header = "X-User"',
        'groups_header = "X-Groups"',
        'audiences = {"hr/*" = ["hr"]}',
        "require_key = true",
        "rate_per_minute = 30",
        "rate_burst = 5",
        'public_url = "https://a.example/q"',
        "api_reference = true",
    )
    assert _plain() == {
        "corpus": Path("papers"),
        "exclude": ("drafts/*", "TODO.md"),
        "index": Path("built"),
        "milvus_user": "reader",
        "milvus_password": "open milvus",
        "milvus_token": "milvus token",
        "milvus_certificate": Path("ca.pem"),
        "milvus_seconds": 2.5,
        "encoder": "hashing",
        "question_prefix": "query: ",
        "passage_prefix": "",
        "device": "cuda",
        "reranker": "none",
        "calibration": Path("fitted.json"),
        "min_confidence": 0.4,
        "top_k": 5,
        "max_file_bytes": 1000,
        "load_seconds": 30.0,
        "load_memory_mb": 2000,
        "load_pages": 100,
        "keep_generations": 2,
        "keep_days": 0,
        "ann_threshold": 0,
        "cache": Path("kept"),
        "questions_at_once": 4,
        "max_waiting": 0,
        "question_seconds": 2.5,
        "workers": 2,
        "admin_token": "open sesame, open",
        "host": "::1",
        "port": 0,
        "allowed_hosts": ("docs.example.org",),
        "root_path": "/docs",
        "trusted_proxies": ("10.0.0.5",),
        "cors_origins": ("https://a.example",),
        "embed_origins": ("https://b.example",),
        "follow": "https://build.example.org/norms.normqa",
        "follow_seconds": 2.5,
        "metrics_token": "open metrics, open",
        "log_format": "json",
        "log_questions": True,
        "question_log": Path("asked.db"),
        "log_retention_days": 7,
        "keys": Path("keys.json"),
        "user_header": "X-User",
        "groups_header": "X-Groups",
        "audiences": {"hr/*": ("hr",)},
        "require_key": True,
        "rate_per_minute": 30,
        "rate_burst": 5,
        "public_url": "https://a.example/q",
        "api_reference": True,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("root_path", "docs"),
        ("root_path", "/docs/"),
        ("root_path", "//docs"),
        ("cors_origins", '["wiki.example"]'),
        ("public_url", "wiki.example"),
        ("public_url", "https://wiki.example/"),
        ("public_url", "javascript:alert(1)"),
        ("cors_origins", '["https://wiki.example/"]'),
        ("trusted_proxies", '[""]'),
        ("allowed_hosts", '[""]'),
        ("allowed_hosts", '["https://docs.example.org"]'),
        ("allowed_hosts", '["docs.*"]'),
    ],
)
def test_addresses_have_a_form(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"NORMQA_{name.upper()}", value)
    with pytest.raises(InvalidSettings, match=name):
        read_settings()


def test_trusted_proxies_default_to_the_variable_of_uvicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().proxy_addresses == "127.0.0.1,::1"
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.9")
    assert read_settings().proxy_addresses == "10.0.0.9"
    assert read_settings(trusted_proxies=("10.0.0.5",)).proxy_addresses == ["10.0.0.5"]


def test_the_command_line_overrides_environment_file_and_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _write('host = "file"', 'encoder = "file"', "port = 1")
    monkeypatch.setenv("NORMQA_HOST", "environment")
    monkeypatch.setenv("NORMQA_ENCODER", "environment")
    settings = read_settings(host="command line", corpus=None)
    assert settings.host == "command line"
    assert settings.encoder == "environment"
    assert settings.port == 1
    assert settings.corpus == Path("corpus")  # None is not given


@pytest.mark.parametrize("value", ["drafts/*", "[drafts]", ""])
def test_a_malformed_list_is_refused_with_an_example(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NORMQA_EXCLUDE", value)
    with pytest.raises(InvalidSettings) as told:
        read_settings()
    assert '"exclude"' in told.value.message
    assert '["drafts/*"]' in told.value.hint


@pytest.mark.parametrize("variable", [None, "NORMQA_EXACT_LIMIT", "normqa_exact_limit"])
def test_the_old_name_of_a_setting_still_works(monkeypatch: pytest.MonkeyPatch, variable: str | None) -> None:
    if variable is None:
        _write("exact_limit = 7")
    else:
        monkeypatch.setenv(variable, "7")
    assert read_settings().ann_threshold == 7
    assert read_settings(exact_limit=8).ann_threshold == 8


def test_the_new_name_of_a_setting_overrides_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMQA_EXACT_LIMIT", "7")
    monkeypatch.setenv("NORMQA_ANN_THRESHOLD", "9")
    assert read_settings().ann_threshold == 9


@pytest.mark.parametrize(
    ("name", "close"), [("NORMQA_TOP", "NORMQA_TOP_K"), ("NORMQA_RERANK", "NORMQA_RERANKER")]
)
def test_an_unknown_setting_names_the_closest_one(
    monkeypatch: pytest.MonkeyPatch, name: str, close: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(InvalidSettings) as error:
        read_settings()
    assert f"Did you mean {close!r}?" in error.value.hint


def test_the_case_of_an_environment_variable_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("normqa_top_k", "7")
    assert read_settings().top_k == 7


def test_other_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORM_QA", "x")
    monkeypatch.setenv("TOP_K", "9")
    monkeypatch.setenv("MYNORMQA_PORT", "9")
    assert read_settings() == Settings()


@pytest.mark.parametrize("name", ["NORMQA_TOPK", "normqa_modell", "NORMQA_", "NORMQA_SERVE__PORT"])
def test_an_unknown_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(InvalidSettings) as told:
        read_settings()
    assert name in told.value.message
    assert "top_k" in told.value.hint


@pytest.mark.parametrize(("line", "named"), [("topk = 5", "'topk'"), ("[serve]\nport = 1", "'serve'")])
def test_an_unknown_key_in_the_file_is_refused_by_name_and_file(line: str, named: str) -> None:
    _write(line)
    with pytest.raises(InvalidSettings) as told:
        read_settings()
    assert named in told.value.message
    assert "normqa.toml" in told.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top_k", "0"),
        ("top_k", "21"),
        ("top_k", "three"),
        ("top_k", ""),
        ("top_k", "1.5"),
        ("min_confidence", "-0.1"),
        ("min_confidence", "1.1"),
        ("min_confidence", "nan"),
        ("min_confidence", "high"),
        ("reranker", ""),
        ("max_file_bytes", "0"),
        ("max_file_bytes", "10MB"),
        ("keep_generations", "1"),
        ("keep_generations", "all"),
        ("keep_days", "-1"),
        ("ann_threshold", "-1"),
        ("questions_at_once", "0"),
        ("workers", "0"),
        ("admin_token", "x" * 15),
        ("port", "-1"),
        ("port", "65536"),
        ("host", ""),
        ("encoder", ""),
        ("exclude", "[1]"),
    ],
)
def test_an_unusable_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"NORMQA_{name.upper()}", value)
    with pytest.raises(InvalidSettings) as from_environment:
        read_settings()
    monkeypatch.delenv(f"NORMQA_{name.upper()}")
    _write(f'{name} = "{value}"')
    with pytest.raises(InvalidSettings) as from_file:
        read_settings()
    for told in (from_environment, from_file):
        assert f"'{name}'" in told.value.message


@pytest.mark.parametrize(
    "line",
    [
        "exclude = ['']",
        "exclude = 'a.md'",
        "top_k = [5]",
        "corpus = 5",
        'question_prefix = ["a"]',
        "host = 1",
    ],
)
def test_a_value_of_another_type_in_the_file_is_refused(line: str) -> None:
    _write(line)
    with pytest.raises(InvalidSettings) as told:
        read_settings()
    assert f"'{line.partition(' ')[0]}'" in told.value.message


@pytest.mark.parametrize("content", [b"top_k = ", b"top_k: 5", b"\xff\xfe", b"top_k = 5\ntop_k = 6"])
def test_a_malformed_file_is_refused_by_name(content: bytes) -> None:
    Path("normqa.toml").write_bytes(content)
    with pytest.raises(InvalidSettings) as told:
        read_settings()
    assert "normqa.toml" in told.value.message


def test_an_empty_file_changes_nothing() -> None:
    _write("")
    assert read_settings() == Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(read_settings(), "top_k", 5)  # noqa: B010 - the checker forbids it otherwise


def test_the_cache_defaults_to_the_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_settings().cache_folder == tmp_path / ".cache" / "normqa"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert read_settings().cache_folder == tmp_path / "xdg" / "normqa"
    assert read_settings(cache=Path("kept")).cache_folder == Path("kept")


def test_settings_never_print_the_admin_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMQA_ADMIN_TOKEN", "open sesame, open")
    assert "sesame" not in repr(read_settings()) + str(read_settings().model_dump())


def test_errors_never_print_the_admin_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMQA_ADMIN_TOKEN", "sesame")
    with pytest.raises(InvalidSettings) as told:
        read_settings()
    assert "sesame" not in str(told.value)
