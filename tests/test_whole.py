"""The whole program: real corpus, real models, a server on a socket, a browser."""

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import normqa
from normqa.search.filters import Filters
from normqa.serve.pages.corpus.digest import CorpusDigest
from tests.chromium import CHROMIUM, FLAGS
from tests.conftest import ROOT, SEED, SEED_QUESTION, STRATEGIES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with the strategy text as its corpus."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "corpus").mkdir()
    shutil.copy(SEED, folder / "corpus")
    return folder


def _environment() -> dict[str, str]:
    """Return an environment whose only setting of normqa is a free port, for server and command alike."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NORMQA_")}
    return plain | {"NORMQA_PORT": "0"}


def _normqa(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "normqa", *arguments]
    return subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, check=False)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    """A running ``normqa serve`` with the default models; it builds the index itself."""
    command = [sys.executable, "-m", "normqa", "serve"]
    with subprocess.Popen(
        command, cwd=folder, env=_environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        told = ""
        assert process.stderr is not None
        for line in process.stderr:
            told += line
            if found := re.search(r"Serving on (http://\S+)", line):
                break
        else:
            pytest.fail(f"the server did not start: {told}")
        assert "Built generation" in told
        yield found[1]
        process.send_signal(signal.SIGINT)
        process.stderr.close()


def _ask(server: str, question: str, **more: Any) -> Any:
    request = Request(f"{server}/ask", json.dumps({"question": question, **more}).encode())
    with urlopen(request) as reply:
        return json.load(reply)


def _assert_exact(server: str, answer: Any) -> None:
    """Check that every quote is its slice of the canonical text from the server."""
    for quote in answer["quotes"] + answer["near_misses"]:
        with urlopen(f"{server}/documents/{percent_encode(quote['document']['id'])}/text") as reply:
            raw = reply.read()
        assert raw.decode()[quote["start"] : quote["end"]] == quote["text"]
        assert hashlib.sha256(raw).hexdigest() == quote["sha256"]
        assert quote["start"] <= quote["answer"]["start"] < quote["answer"]["end"] <= quote["end"]


def test_question_of_the_seed_text_returns_all_seven_strategies_in_order(server: str) -> None:
    answer = _ask(server, SEED_QUESTION)
    assert (answer["status"], answer["kind"], answer["reason"]) == ("answered", "list", None)
    lead_in, *items = [quote["text"] for quote in answer["quotes"]]
    assert lead_in == "The main strategies for building international norms on cybersecurity include:"
    assert [item.partition(":")[0] for item in items] == STRATEGIES
    body = SEED.read_text(encoding="utf-8").rpartition("---\n\n")[2]
    assert all(item in body.split("\n\n") for item in items)
    _assert_exact(server, answer)


@pytest.mark.parametrize(
    ("question", "number"),
    [("Which strategy uses hotlines?", 6), ("What is the Budapest Convention an example of?", 1)],
)
def test_question_about_one_strategy_quotes_that_item_whole(server: str, question: str, number: int) -> None:
    answer = _ask(server, question)
    assert (answer["status"], answer["kind"]) == ("answered", "passages")
    first = answer["quotes"][0]
    assert first["text"].startswith(STRATEGIES[number - 1])
    assert first["answer"] == {"start": first["start"], "end": first["end"]}
    _assert_exact(server, answer)


def test_answers_have_calibrated_confidence(server: str) -> None:
    """The shipped models are calibrated, and the calibration separates the two questions."""
    answered, refused = (
        _ask(server, question) for question in (SEED_QUESTION, "Who won the last football World Cup?")
    )
    assert 0 <= refused["confidence"] < answered["confidence"] <= 1
    assert answered["band"] in {"fair", "strong"}
    assert refused["band"] == "weak"


def test_unrelated_question_is_refused(server: str) -> None:
    answer = _ask(server, "Who won the last football World Cup?")
    assert (answer["status"], answer["reason"]) == ("not_found", "nothing_relevant")
    assert answer["quotes"] == answer["near_misses"] == []


def test_related_question_is_refused_with_near_misses(server: str) -> None:
    """The request sets the minimum confidence, so that the test does not depend on the calibration."""
    answer = _ask(server, "Which strategy uses hotlines?", min_confidence=1)
    assert (answer["status"], answer["reason"]) == ("not_found", "related_but_no_answer")
    assert 0 < len(answer["near_misses"]) <= 3
    _assert_exact(server, answer)


def test_command_line_prints_the_bytes_that_the_server_sends(server: str, folder: Path) -> None:
    question = "How can states build confidence?"
    done = _normqa(folder, "ask", question, "--json")
    with urlopen(Request(f"{server}/ask", json.dumps({"question": question}).encode())) as reply:
        assert done.stdout == reply.read()
    assert done.returncode == 0


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with the shipped corpus and its index."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    done = _normqa(folder, "build", "--strict")
    assert done.returncode == 0, done.stderr
    return folder


def test_shipped_corpus_answers_with_all_seven_strategies(shipped: Path) -> None:
    answer = json.loads(_normqa(shipped, "ask", SEED_QUESTION, "--json").stdout)
    assert answer["kind"] == "list"
    lead_in, *items = [quote["text"] for quote in answer["quotes"]]
    assert lead_in == "The main strategies for building international norms on cybersecurity include:"
    assert [item.partition(":")[0] for item in items] == STRATEGIES
    assert {quote["document"]["id"] for quote in answer["quotes"]} == {"strategies"}


def test_shipped_corpus_answers_the_question_of_the_readme(shipped: Path) -> None:
    answer = json.loads(_normqa(shipped, "ask", "Which strategy uses hotlines?", "--json").stdout)
    assert answer["quotes"][0]["text"].startswith(STRATEGIES[5])


@pytest.mark.timeout(600)
def test_gold_floors_hold_with_the_shipped_models(shipped: Path, tmp_path: Path) -> None:
    """If BM25 alone were nearly always right, the questions would only repeat the documents."""
    shutil.copytree(shipped / "index", tmp_path / "work" / "gold", symlinks=True)
    gold = ROOT / "tests" / "gold" / "gold.jsonl"
    done = _normqa(shipped, "eval", "--gold", str(gold), "--work", str(tmp_path / "work"), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["bm25_document@1"] <= 0.8


def test_every_offered_question_is_answered_well(shipped: Path) -> None:
    """The examples of the first page strongly, and the questions of the README at least fairly."""
    library = normqa.open(shipped / "corpus", index=shipped / "index", build=False)
    generation = library.current().generation
    assert generation
    examples = CorpusDigest.of(generation.store).examples
    asked: list[tuple[str, Filters, tuple[str, ...]]] = [(question, Filters(), ()) for question in examples]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for line in re.findall(r"normqa ask (\".*)", readme):
        question, *options = shlex.split(line)
        chosen = dict(zip(options[::2], options[1::2], strict=True))
        documents, after = chosen.pop("--document", ""), chosen.pop("--after", "")
        assert not chosen
        asked.append(
            (question, Filters(documents=(documents,) if documents else ()), (after,) if after else ())
        )
    for pattern in (r'"question": "(.*?)"', r'\.ask\("(.*?)"\)'):
        asked += [(question, Filters(), ()) for question in re.findall(pattern, readme)]
    assert len(asked) == 6 + 3 + 2
    bands = {
        question: library.ask(question, filters=filters, history=history).band
        for question, filters, history in asked
    }
    assert {question: bands[question] for question in examples} == dict.fromkeys(examples, "strong")
    assert {question: band for question, band in bands.items() if band not in {"fair", "strong"}} == {}


def test_guide_for_editors_is_not_quoted(shipped: Path) -> None:
    assert (shipped / "corpus" / "CONTRIBUTING.md").is_file()
    sentence = "Do not open with"
    assert sentence in (shipped / "corpus" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert _normqa(shipped, "verify", sentence).returncode == 1


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The installed Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A page that fails on console errors and on requests to other servers."""
    page = browser.new_page()
    strays: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(server) else strays.append(request.url))
    page.on("console", lambda message: strays.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: strays.append(str(error)))
    yield page
    page.close()
    assert strays == []


def test_browser_answers_a_question_and_opens_its_source(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("combobox").fill("Which strategy uses hotlines?")
    page.keyboard.press("Enter")
    quote = page.locator("blockquote").first
    expect(quote).to_contain_text("6. Confidence-building measures")
    quoted = quote.locator("p").text_content()
    page.locator(".source a").first.click()
    expect(page.locator(".pane mark")).to_be_in_viewport()
    assert page.locator(".pane mark").text_content() == quoted
    with urlopen(f"{server}/documents/strategies/text") as reply:
        assert page.locator(".text").text_content() == reply.read().decode()


def test_pages_work_without_script(browser: Browser, server: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{server}/?q={percent_encode(SEED_QUESTION)}")
    assert page.locator(".items > li blockquote").count() == 7
    page.goto(f"{server}/?q={percent_encode('Who won the last football World Cup?')}")
    expect(page.locator("main")).to_contain_text("No answer found in these documents.")
    page.close()


def test_edit_is_answered_after_a_build_without_restart(page: Page, server: str, folder: Path) -> None:
    question = "Who keeps the register of cyber attaches?"
    sentence = "The Ministry of Tides keeps the register of cyber attaches."
    assert sentence not in str(_ask(server, question))
    note = folder / "corpus" / "notes" / "ärger & co.md"
    note.parent.mkdir()
    note.write_text(f"# Registers\n\n{sentence}\n", encoding="utf-8")
    assert _normqa(folder, "build").returncode == 0
    page.goto(f"{server}/?q={percent_encode(question)}")
    expect(page.locator("blockquote").first).to_have_text(sentence)
    page.locator(".source a").first.click()
    expect(page.locator(".pane mark")).to_have_text(sentence)

    note.unlink()
    assert _normqa(folder, "build").returncode == 0
    assert sentence not in str(_ask(server, question))
