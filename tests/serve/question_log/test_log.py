"""What is logged of a question, what is not, and what a broken file costs."""

import logging
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openai
import pytest
from fastapi.testclient import TestClient

from normqa.serve.access.keys import KeyFile
from normqa.serve.question_log import writer as writer_module
from normqa.serve.question_log.database import Database
from normqa.serve.question_log.log import QuestionLog
from normqa.serve.question_log.row import Row, hour_of
from normqa.serve.question_log.writer import Writer
from normqa.service import Service
from tests.conftest import asking
from tests.serve.access.requests import tool
from tests.serve.conftest import BROWSER, client_of
from tests.serve.question_log.conftest import QUESTION, REFUSED, Client, logged, stored

CHAT = {"model": "normqa", "messages": [{"role": "user", "content": QUESTION}]}
WAYS: dict[str, Callable[[TestClient], object]] = {
    "page": lambda client: client.get("/", params={"q": QUESTION}, headers=BROWSER),
    "GET /ask": lambda client: client.get("/ask", params={"q": QUESTION}),
    "POST /ask": lambda client: client.post("/ask", json={"question": QUESTION}),
    "batch": lambda client: client.post("/ask", json={"questions": [QUESTION]}),
    "chat": lambda client: client.post("/v1/chat/completions", json=CHAT),
    "tool": lambda client: tool("ask", question=QUESTION).over(client, {}),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_ask_is_logged_once(client: TestClient, way: str) -> None:
    with client:
        WAYS[way](client)
        [row] = logged(client)
    assert (row.question, row.outcome) == (QUESTION, "answered")


def test_row_says_what_was_asked_and_quoted(client: TestClient, service: Service) -> None:
    before = hour_of(datetime.now(UTC))
    answer = client.post("/ask", json={"question": QUESTION}).json()
    client.post("/ask", json={"question": REFUSED})
    answered, refused = sorted(logged(client), key=lambda row: row.outcome)
    quote = answer["quotes"][0]
    assert answered.hour in {before, hour_of(datetime.now(UTC))}
    assert len(answered.hour) == len("2026-01-02T03Z")
    assert (answered.generation, answered.confidence) == (service.generation().name, answer["confidence"])
    place = answered.places[0]
    assert (place.document, place.start, place.end, place.sha256) == (
        "birds",
        quote["start"],
        quote["end"],
        quote["sha256"],
    )
    assert (refused.question, refused.outcome, refused.places) == (REFUSED, "nothing_relevant", ())


def test_file_has_nothing_of_who_asked(start: Client, path: Path, tmp_path: Path) -> None:
    key = KeyFile(tmp_path / "keys.json").add("Ada Lovelace", {"ask"})
    client = start(keys=tmp_path / "keys.json")
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "Zeppelin/7", "Cookie": "session=tangerine"}
    client.post("/ask", json={"question": QUESTION}, headers=headers)
    assert [row.question for row in logged(client)] == [QUESTION]
    content = path.read_bytes()
    for trace in (key, "Ada", "Lovelace", "Zeppelin", "tangerine", "testclient"):
        assert trace.encode() not in content
    with closing(sqlite3.connect(path)) as connection:
        columns = [column[1] for column in connection.execute("PRAGMA table_info(questions)")]
    assert set(columns) == {
        *("token", "hour", "question", "searched_as", "generation"),
        *("outcome", "confidence", "places", "rating", "complaint"),
    }


def test_only_the_owner_may_read_the_file(client: TestClient, path: Path) -> None:
    client.post("/ask", json={"question": QUESTION})
    assert len(logged(client)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_logged_without_the_setting(service: Service, tmp_path: Path) -> None:
    client = client_of(service)
    page = client.get("/", params={"q": QUESTION}, headers=BROWSER).text
    assert "are kept for" not in page
    assert 'class="rating"' not in page
    assert client.post("/rate", data={"token": "x", "rating": "helpful"}).status_code == 404
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cache_control", ["max-age=0", "no-cache", "No-Cache, max-age=0"])
def test_reloaded_page_is_not_logged_again(client: TestClient, cache_control: str) -> None:
    for headers in (BROWSER, BROWSER | {"Cache-Control": cache_control}):
        page = client.get("/", params={"q": QUESTION}, headers=headers).text
    assert len(logged(client)) == 1
    assert 'class="rating"' not in page


def test_frame_on_another_page_is_logged_once_and_says_so(start: Client) -> None:
    client = start(embed_origins=("https://wiki.example",))
    for headers in (BROWSER, BROWSER | {"Cache-Control": "max-age=0"}):
        reply = client.get("/embed", params={"q": QUESTION}, headers=headers)
        assert reply.status_code == 200
    assert "Questions are kept for 90 days" in reply.text
    assert len(logged(client)) == 1


def test_links_downloads_and_pages_without_a_question_are_not_logged(client: TestClient) -> None:
    page = client.get("/", params={"q": QUESTION}, headers=BROWSER).text
    assert len(logged(client)) == 1
    link = page.partition('data-permalink="')[2].partition('"')[0].replace("&amp;", "&")
    for path in ("/", link, f"/conversation.json?q={QUESTION}", "/documents"):
        assert client.get(path, headers=BROWSER).status_code == 200
    assert len(logged(client)) == 1


def test_reader_learns_that_questions_are_kept(start: Client) -> None:
    assert "are kept for 1 day, without" in start(log_retention_days=1).get("/", headers=BROWSER).text


def test_server_that_ends_writes_what_waits(start: Client, path: Path) -> None:
    with start() as client:
        client.post("/ask", json={"question": QUESTION})
    assert len(stored(path)) == 1


def test_programs_without_requests_are_logged(service: Service, path: Path) -> None:
    log = QuestionLog(Database(path), days=1)
    log.watch(service.current()).ask(asking(QUESTION))
    assert [row.question for row in log.rows()] == [QUESTION]


def row_of(service: Service, hour: str, question: str = QUESTION) -> Row:
    return replace(Row.of(service.ask(asking(question))), hour=hour)


def test_old_rows_are_removed_with_their_bytes(service: Service, path: Path) -> None:
    now = datetime.now(UTC)
    kept, old = hour_of(now - timedelta(days=6)), hour_of(now - timedelta(days=8))
    database = Database(path)
    database.add([row_of(service, kept), row_of(service, old, "Where does the quagga live?")])
    assert b"quagga" in path.read_bytes()
    log = QuestionLog(database, days=7)
    assert [row.hour for row in log.rows()] == [kept]
    assert [row.hour for row in stored(path)] == [kept]
    assert all(b"quagga" not in file.read_bytes() for file in path.parent.iterdir())


def break_by_folder(path: Path) -> None:
    path.mkdir(parents=True)


def break_by_content(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 500)


def break_by_file_as_folder(path: Path) -> None:
    path.parent.write_bytes(b"")


def break_by_other_table(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE questions (id INTEGER)")


BREAKS = [break_by_folder, break_by_content, break_by_file_as_folder, break_by_other_table]


@pytest.mark.parametrize("damage", BREAKS)
def test_broken_file_costs_rows_and_is_reported_once(
    start: Client, path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    damage(path)
    client = start(metrics_token="m" * 16)
    for _ in range(3):
        assert client.post("/ask", json={"question": QUESTION}).json()["status"] == "answered"
    log = client.app.state.question_log  # type: ignore[attr-defined]
    log.settle()
    assert log.lost == 3
    figures = client.get("/metrics", headers={"Authorization": f"Bearer {'m' * 16}"}).text
    assert "normqa_question_log_lost_total 3.0" in figures
    told = [record for record in caplog.records if "question log" in record.getMessage()]
    assert [record.levelno for record in told] == [logging.WARNING]


def test_broken_file_is_kept_as_it_is(start: Client, path: Path) -> None:
    break_by_content(path)
    client = start()
    client.post("/ask", json={"question": QUESTION})
    client.app.state.question_log.settle()  # type: ignore[attr-defined]
    assert path.read_bytes() == b"no database" * 500


def test_file_that_another_program_locks_costs_rows_until_it_is_free(
    client: TestClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("normqa.serve.question_log.database._BUSY_SECONDS", 0.05)
    client.post("/ask", json={"question": QUESTION})
    log = client.app.state.question_log  # type: ignore[attr-defined]
    log.settle()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert client.post("/ask", json={"question": QUESTION}).status_code == 200
        log.settle()
        other.execute("ROLLBACK")
    assert log.lost == 1
    client.post("/ask", json={"question": QUESTION})
    assert len(logged(client)) == 2


def test_deleted_file_begins_anew(client: TestClient, path: Path) -> None:
    client.post("/ask", json={"question": QUESTION})
    assert len(logged(client)) == 1
    path.unlink()
    client.post("/ask", json={"question": REFUSED})
    assert [row.question for row in logged(client)] == [REFUSED]


def test_rows_that_would_wait_without_end_are_lost(
    service: Service, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "_MAX_WAITING", 2)
    free = threading.Event()

    class Stuck(Database):
        def add(self, rows: Iterable[Row]) -> None:
            free.wait()
            super().add(rows)

    writer = Writer(Stuck(path), days=1)
    row = row_of(service, hour_of(datetime.now(UTC)))
    for number in range(10):
        writer.put(replace(row, token=bytes([number])))
    assert writer.lost >= 7  # two wait, and the thread may have taken one
    free.set()
    writer.settle(10)
    assert len(stored(path)) == 10 - writer.lost


def test_chat_client_is_logged_without_its_key(start: Client, path: Path, tmp_path: Path) -> None:
    key = KeyFile(tmp_path / "keys.json").add("chat", {"ask"})
    client = start(keys=tmp_path / "keys.json", require_key=True)
    chat = openai.OpenAI(base_url="http://testserver/v1", api_key=key, http_client=client)
    chat.chat.completions.create(model="normqa", messages=[{"role": "user", "content": QUESTION}])
    assert len(logged(client)) == 1
    assert key.encode() not in path.read_bytes()
