"""The administration page without JavaScript: access, contents and actions."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock
from httpx2 import Response

from normqa.serve.admin.charts import passage_charts
from normqa.serve.admin.sessions import COOKIE, LIFETIME, Sessions
from tests.conftest import BuildService, WriteCorpus, asking, damage, parts_in_force
from tests.serve.admin.administrator import BEARER, OWN, TOKEN, Admin
from tests.serve.conftest import BROWSER
from tests.serve.markup import Page

QUESTION = "What does the pelican eat?"


@pytest.fixture
def admin(write_corpus: WriteCorpus, index: Path) -> Admin:
    """Two files with an index."""
    corpus = write_corpus(
        {
            "a.md": "---\ntitle: Birds\ntopics: [birds, food]\n---\n\nThe pelican eats herring.\n",
            "b.md": "Walruses sleep.\n",
        }
    )
    admin = Admin(corpus, index)
    admin.service.build()
    return admin


@pytest.fixture
def signed_in(admin: Admin) -> Admin:
    """The same, signed in."""
    admin.sign_in()
    return admin


def page_of(admin: Admin, path: str = "/admin") -> Page:
    """Return the page."""
    reply = admin.client.get(path, headers=BROWSER)
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    return Page(reply.content)


def asks_for_the_token(page: Page) -> bool:
    """Whether the page is the sign-in form and shows nothing of the index."""
    names = [element.attributes.get("name") for element in page.all("input")]
    return "token" in names and "Corpus and index" not in page.one("main").text


# access


def test_page_without_a_session_shows_only_the_form(admin: Admin) -> None:
    assert asks_for_the_token(page_of(admin))


def test_wrong_token_is_rejected_after_a_delay(admin: Admin) -> None:
    began = time.monotonic()
    reply = admin.client.post("/admin/login", data={"token": "a token of another"}, headers=OWN)
    assert time.monotonic() - began >= 0.3
    assert reply.status_code == 401
    assert "set-cookie" not in reply.headers
    page = Page(reply.content)
    assert asks_for_the_token(page)
    [reason] = [element.text for element in page.all("p") if element.attributes.get("role") == "alert"]
    assert reason == "Wrong token."
    assert "a token of another" not in reply.text


@pytest.mark.parametrize("body", [b"", b"token=", b"\xff\xfe", b"tokens=x", b"{}"])
def test_sign_in_without_a_token_is_unauthorised(body: bytes, admin: Admin) -> None:
    assert admin.client.post("/admin/login", content=body, headers=OWN).status_code == 401


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_session_cookie_is_restricted(scheme: str, is_secure: bool, admin: Admin) -> None:
    client = TestClient(admin.app, base_url=f"{scheme}://testserver")
    headers = {**BROWSER, "Origin": f"{scheme}://testserver"}
    reply = client.post("/admin/login", data={"token": TOKEN}, headers=headers, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/admin")
    value, *flags = reply.headers["set-cookie"].split("; ")
    assert value.startswith(f"{COOKIE}=")
    assert ("Secure" in flags) == is_secure
    assert {"HttpOnly", "SameSite=strict", "Path=/admin", "Max-Age=43200"} == {*flags} - {"Secure"}
    assert "Corpus and index" in client.get("/admin", headers=BROWSER).text


def test_token_is_not_revealed(signed_in: Admin) -> None:
    reply = signed_in.client.get("/admin", headers=BROWSER)
    cookie = signed_in.client.cookies[COOKIE]
    assert TOKEN not in reply.text + str(reply.headers) + str(reply.url) + cookie


def test_session_lasts_twelve_hours_in_every_process(index: Path) -> None:
    value = Sessions(TOKEN, index).begin(now=1000)
    assert LIFETIME == 43_200
    assert Sessions(TOKEN, index).is_valid(value, now=1000 + 43_199)
    assert not Sessions(TOKEN, index).is_valid(value, now=1000 + 43_200)
    assert not Sessions("another token, as long", index).is_valid(value, now=1000)


def test_cookie_with_changed_expiry_is_invalid(index: Path) -> None:
    sessions = Sessions(TOKEN, index)
    end, _, mark = sessions.begin(now=1000).partition(".")
    assert not sessions.is_valid(f"{int(end) + 1}.{mark}", now=1000)


@pytest.mark.parametrize("value", ["", ".", "1.2", "99999999999.", "99999999999.0", "x.é", "9" * 5000])
def test_forged_cookie_is_rejected(value: str, admin: Admin) -> None:
    assert not Sessions(TOKEN, admin.index).is_valid(value, time.time())
    headers = {b"Accept": b"text/html", b"Cookie": f"{COOKIE}={value}".encode()}
    reply = admin.client.get("/admin", headers=headers)
    assert asks_for_the_token(Page(reply.content))


def test_expired_session_must_sign_in_again(admin: Admin) -> None:
    before = admin.service.generation().name
    old = Sessions(TOKEN, admin.index).begin(time.time() - LIFETIME - 1)
    headers = {**OWN, "Cookie": f"{COOKIE}={old}"}
    reply = admin.client.post("/admin/rebuild", content=b'{"full": true}', headers=headers)
    assert reply.status_code == 401
    assert asks_for_the_token(Page(reply.content))
    assert "Your session has expired. Nothing was changed." in reply.text
    assert admin.service.generation().name == before


def test_sign_out_deletes_the_cookie(signed_in: Admin) -> None:
    reply = signed_in.client.post("/admin/logout", headers=OWN)
    assert asks_for_the_token(Page(reply.content))
    assert COOKIE not in signed_in.client.cookies
    assert asks_for_the_token(page_of(signed_in))


FOREIGN = [
    None,
    "null",
    "http://elsewhere.example",
    "https://testserver",
    "http://testserver:81",
    "http://testserver.elsewhere.example",
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/admin/rebuild", "/admin/rollback", "/admin/logout", "/admin/login"])
def test_changes_from_another_origin_are_forbidden(path: str, origin: str | None, signed_in: Admin) -> None:
    before = signed_in.service.generation().name
    headers = {"Origin": origin} if origin else {}
    reply = signed_in.client.post(path, content=b'{"full": true}', headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "foreign_origin")
    assert "set-cookie" not in reply.headers
    assert signed_in.service.generation().name == before

    reply = signed_in.client.post(path, headers={**BROWSER, **headers})
    assert reply.status_code == 403
    assert asks_for_the_token(Page(reply.content))


def test_session_can_read_the_status(signed_in: Admin) -> None:
    assert signed_in.client.get("/admin/status").json()["documents"] == 2


def test_wrong_bearer_token_overrides_a_valid_session(signed_in: Admin) -> None:
    assert signed_in.client.get("/admin/status", headers={"Authorization": "Bearer x"}).status_code == 401


def test_basic_authentication_for_a_proxy_does_not_affect_the_session(signed_in: Admin) -> None:
    assert signed_in.client.get("/admin/status", headers={"Authorization": "Basic eDp5"}).status_code == 200


# contents


def test_page_shows_counts_and_the_last_build(signed_in: Admin) -> None:
    page = page_of(signed_in)
    assert page.one("h1").text == "Administration"
    assert [element.text.split() for element in page.of_class("figures")] == [
        ["2", "documents", "2", "passages"]
    ]
    assert "The index is up to date." in page.one("main").text
    assert "All files were read without problems." in page.one("main").text
    [changes] = page.of_class("changes")
    assert changes.text.split() == ["Added", "2", "a.md", "b.md"]


def test_page_lists_changes_of_the_corpus(signed_in: Admin, corpus: Path) -> None:
    (corpus / "a.md").rename(corpus / "z.md")
    (corpus / "b.md").write_text("Walruses dive.\n")
    (corpus / "c.md").write_text("Otters float.\n")
    drift, _ = page_of(signed_in).of_class("changes")
    words = "Added 1 c.md Changed 1 b.md Renamed 1 a.md renamed to z.md"
    assert drift.text.split() == words.split()


def test_long_lists_are_truncated(signed_in: Admin, write_corpus: WriteCorpus) -> None:
    write_corpus({f"new{number:02}.md": f"Note {number}.\n" for number in range(30)})
    drift, _ = page_of(signed_in).of_class("changes")
    assert "new09.md" in drift.text
    assert "new10.md" not in drift.text
    assert "and 20 more" in drift.text


def test_page_lists_skipped_and_guessed_files(signed_in: Admin, write_corpus: WriteCorpus) -> None:
    write_corpus({"c.xlsx": b"%PDF-", "d.txt": "Großes über Öl".encode("latin-1") * 20})
    signed_in.service.build()
    [problems] = page_of(signed_in).of_class("problems")
    assert "c.xlsx (skipped): " in problems.text
    assert "d.txt: " in problems.text


def test_file_names_and_topics_are_escaped(signed_in: Admin, write_corpus: WriteCorpus) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    write_corpus(
        {
            f"{hostile}.md": f"---\ntitle: '{hostile}'\ntopics: ['{hostile}']\n---\n\nText.\n",
            f"{hostile}.x": "",
        }
    )
    signed_in.service.build()
    page = page_of(signed_in)
    assert page.all("img") == []
    assert hostile in page.texts("th")


def test_chart_is_a_table_with_proportional_bars(signed_in: Admin, write_corpus: WriteCorpus) -> None:
    paragraphs = "\n\n".join(f"# Part {n}\n\n{'The otter floats on its back. ' * 30}" for n in range(3))
    write_corpus({"c.md": f"---\ntopics: [food]\n---\n\n{paragraphs}\n"})
    signed_in.service.build()
    page = page_of(signed_in)
    topics, documents = page.all("table")
    assert topics.text.split() == ["By", "topic", "TopicPassages", "food", "4", "birds", "1"]
    assert documents.text.split() == [
        "By",
        "document",
        "DocumentPassages",
        "Part",
        "0",
        "3",
        "Birds",
        "1",
        "b",
        "1",
    ]
    assert "Without a topic: 1." in page.one("main").text
    widths = [float(element.attributes["width"]) for element in page.all("rect")]
    assert widths == [100, 25, 100, 33.3, 33.3]
    assert all(element.attributes["aria-hidden"] == "true" for element in page.all("svg"))


def test_corpus_with_folders_is_counted_by_folder(signed_in: Admin, write_corpus: WriteCorpus) -> None:
    write_corpus({f"law/{name}.md": f"Law {name}.\n" for name in ("x", "y", "old/z")})
    write_corpus({"talks/t.md": "Talk.\n"})
    signed_in.service.build()
    _, folders = page_of(signed_in).all("table")
    assert " ".join(folders.text.split()) == (
        "By folder FolderPassages law 3 documents 3 (top folder) 2 documents 2 talks 1 document 1"
    )


def test_folders_that_all_documents_share_are_left_out(build_service: BuildService) -> None:
    names = ("all/notes/law/x", "all/notes/law/y", "all/notes/talks/2024/t", "all/notes/z")
    service = build_service({f"{name}.md": f"Text {name}.\n" for name in names})
    charts = passage_charts(service.generation().store)
    assert [(bar.label, bar.count, bar.documents, bar.percent) for bar in charts.folders.bars] == [
        ("all/notes/law", 2, 2, 100),
        ("all/notes", 1, 1, 50),
        ("all/notes/talks", 1, 1, 50),
    ]


@pytest.mark.parametrize("names", [("a", "b"), ("x/a", "x/b"), ("x/a",)])
def test_documents_of_one_folder_are_counted_one_by_one(
    build_service: BuildService, names: tuple[str, ...]
) -> None:
    service = build_service({f"{name}.md": f"Text {name}.\n" for name in names})
    assert passage_charts(service.generation().store).folders.bars == ()


def test_last_build_names_removed_and_renamed_files(signed_in: Admin, corpus: Path) -> None:
    (corpus / "a.md").rename(corpus / "z.md")
    (corpus / "b.md").unlink()
    signed_in.service.build()
    [last] = page_of(signed_in).of_class("changes")
    assert " ".join(last.text.split()) == "Renamed 1 a.md renamed to z.md Removed 1 b.md"


@pytest.mark.parametrize("is_changed", [True, False])
def test_status_page_and_health_agree_after_a_rollback(
    signed_in: Admin, corpus: Path, *, is_changed: bool
) -> None:
    if is_changed:
        (corpus / "c.md").write_text("Otters float.\n")
    signed_in.service.build(full=True)
    signed_in.service.roll_back()
    status = signed_in.client.get("/admin/status", headers=BEARER).json()
    health = signed_in.client.get("/health").json()
    both = ("generation", "built_at", "documents", "passages", "rolled_back")
    assert {name: status[name] for name in both} == {name: health[name] for name in both}
    assert (status["rolled_back"], status["stale"], status["documents"]) == (True, is_changed, 2)
    page = page_of(signed_in)
    told = "It differs from the corpus." if is_changed else "It has the documents of the corpus."
    assert f"This index was rolled back to. {told}" in page.one("main").text
    assert "An older build is current." in page.one("main").text
    assert [element.text.split()[0] for element in page.of_class("figures")] == ["2"]
    assert [element.text for element in page.of_class("badge")] == ["current", "rolled back"]


def test_charts_show_at_most_twenty_bars(signed_in: Admin, write_corpus: WriteCorpus) -> None:
    write_corpus({f"n{n:02}.md": f"---\ntopics: [t{n:02}]\n---\n\nNote {n}.\n" for n in range(25)})
    signed_in.service.build()
    charts = passage_charts(signed_in.service.generation().store)
    assert (len(charts.documents.bars), charts.documents.omitted) == (20, 7)
    assert (len(charts.topics.bars), charts.topics.omitted) == (20, 7)
    assert "7 more documents not shown." in page_of(signed_in).one("main").text


def test_page_without_an_index_offers_a_rebuild(corpus: Path, index: Path) -> None:
    admin = Admin(corpus, index)
    admin.sign_in()
    page = page_of(admin)
    assert "Rebuild index" in page.texts("button")
    assert "There is no index" in page.one("main").text
    assert page.all("table") == []


@pytest.mark.usefixtures("admin")
def test_damaged_build_is_reported_and_cannot_be_rolled_back_to(corpus: Path, index: Path) -> None:
    damage(parts_in_force(index)["report.json"])
    restarted = Admin(corpus, index)
    restarted.sign_in()
    page = page_of(restarted)
    assert "report.json" in page.one("main").text
    assert "Rebuild index" in page.texts("button")
    assert page.all("details") == []


# actions without JavaScript

Post = Callable[..., Response]


@pytest.fixture
def post(signed_in: Admin) -> Post:
    """Posts a form of the page and follows the redirect."""

    def send(path: str, **fields: str) -> Response:
        return signed_in.client.post(path, data=fields, headers=OWN)

    return send


def test_form_rebuilds_and_page_reports_the_result(signed_in: Admin, post: Post, corpus: Path) -> None:
    (corpus / "a.md").write_text("The pelican eats squid.\n")
    reply = post("/admin/rebuild")
    assert (reply.status_code, reply.url.path) == (200, "/admin")
    assert Page(reply.content).of_class("done")[0].text == "The index was rebuilt."
    assert signed_in.service.ask(asking(QUESTION, 1)).quotes[0].text == "The pelican eats squid."
    again = Page(post("/admin/rebuild").content)
    assert again.of_class("done")[0].text == "Nothing changed, so no new index was built."


def test_page_shows_errors_of_actions(post: Post, corpus: Path, index: Path) -> None:
    with FileLock(index / ".lock"):
        reply = post("/admin/rebuild")
    assert reply.status_code == 409
    assert "Another process is building" in Page(reply.content).of_class("fault")[0].text
    for path in corpus.iterdir():
        path.unlink()
    reply = post("/admin/rebuild")
    assert reply.status_code == 409
    page = Page(reply.content)
    assert "is empty" in page.of_class("fault")[0].text
    assert "Removed" in page.of_class("changes")[0].text


def test_form_rolls_back_until_the_next_rebuild(signed_in: Admin, post: Post, corpus: Path) -> None:
    first = signed_in.service.generation().name
    (corpus / "a.md").write_text("The pelican eats squid.\n")
    post("/admin/rebuild")
    [offered] = [
        element for element in page_of(signed_in).all("input") if element.attributes["name"] == "generation"
    ]
    assert offered.attributes["value"] == first
    page = Page(post("/admin/rollback", generation=first).content)
    assert page.of_class("done")[0].text == "The index was rolled back."
    assert [element.text for element in page.of_class("badge")] == ["current", "rolled back"]
    assert signed_in.service.ask(asking(QUESTION, 1)).quotes[0].text == "The pelican eats herring."
    post("/admin/rebuild")
    assert signed_in.service.ask(asking(QUESTION, 1)).quotes[0].text == "The pelican eats squid."


def test_page_reports_rollback_to_a_missing_build(post: Post) -> None:
    reply = post("/admin/rollback", generation="20200101T000000.000000Z")
    assert reply.status_code == 404
    assert "There is no generation" in Page(reply.content).of_class("fault")[0].text


def test_page_shows_no_text_from_its_address(signed_in: Admin) -> None:
    page = page_of(signed_in, "/admin?done=all+your+documents+are+gone")
    assert page.of_class("done") == []
