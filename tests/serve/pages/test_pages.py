"""The pages without JavaScript."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote as percent_encode

import pytest
from fastapi.testclient import TestClient

from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import WriteCorpus, covering_models, damage, hashing_models, parts_in_force, roll_back
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER, Built, app_of, client_of
from tests.serve.markup import Element, Page

Make = Callable[..., Service]

ZOO = """# Birds

The pelican eats herring. It lives at the bay.

- a *moving* item
- another & more:
    1. nested `code < 1`

# Table

| bird | food |
|---|---|
| heron | frogs |

```
if a < b && c > d:
\tprint("&amp;")
```

Birds that dive:

1. The gannet plunges.
2. The puffin digs.
"""
PELICAN = "The pelican eats herring."
ROWS = {"chick": "eels", "hen": "herring", "cock": "carp"}


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    """A calibrated client for a document with every kind of block and a plain text."""
    plain = "\n\n  Odd   blanks,\ttabs\n\n\nand 🐦 birds. \n\n"
    return client_of(built({"zoo.md": ZOO, "plain.txt": plain}, covering_models()))


def _page(client: TestClient, target: str, status: int = 200) -> Page:
    reply = client.get(target, headers=BROWSER)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    return Page(reply.content)


def _asked(client: TestClient, question: str, status: int = 200) -> Page:
    return _page(client, f"/?q={percent_encode(question)}", status)


def _questions(page: Page) -> list[str]:
    return [element.text for element in page.of_class("question")]


def _main(page: Page) -> str:
    return " ".join(page.one("main").text.split())


def _fields(page: Page) -> list[Element]:
    """Return the fields of a page, without the stars beside quotes."""
    fields = page.all("input", "textarea", "select")
    return [field for field in fields if field.attributes.get("type") != "checkbox"]


def test_first_field_is_the_question(client: TestClient) -> None:
    for page in (_page(client, "/"), _asked(client, "pelican"), _asked(client, "x" * 2001, 422)):
        field = _fields(page)[0]
        assert field.tag == "input"
        kept = {name: field.attributes[name] for name in ("type", "name", "maxlength")}
        assert kept == {"type": "search", "name": "q", "maxlength": "2000"}
        [form] = [each for each in page.all("form") if each.attributes.get("role") == "search"]
        assert (form.attributes["action"], form.attributes["method"]) == ("/", "get")
        assert "Ask" in page.texts("button")


def test_blank_question_shows_the_empty_form(client: TestClient) -> None:
    for target in ("/", "/?q=", "/?q=%20%0A", "/?other=1"):
        assert "Answers are exact quotations" in _main(_page(client, target))


def test_page_shows_the_answer(client: TestClient) -> None:
    page = _asked(client, "What does the pelican eat?")
    assert _questions(page) == ["What does the pelican eat?"]
    assert page.texts("blockquote") == [PELICAN]
    assert page.texts("mark") == [PELICAN]
    assert page.texts("b") == ["pelican", "eats"]
    assert _fields(page)[0].attributes["value"] == ""
    assert page.texts("title") == ["What does the pelican eat? · normqa"]


def test_page_marks_the_answering_sentence(built: Built) -> None:
    client = client_of(built({"a.md": f"{PELICAN} It lives at the bay."}))
    page = _asked(client, "What lives at the bay?")
    assert page.texts("blockquote") == [f"{PELICAN} It lives at the bay."]
    assert page.texts("mark") == ["It lives at the bay."]


def test_answer_shows_its_confidence_level(client: TestClient, built: Built) -> None:
    """All words of the question are found, some of them, and confidence is uncalibrated."""
    unsure = client_of(built({"zoo.md": ZOO}))
    levels = {
        band.attributes["class"]: band.text
        for page in (
            _asked(client, "What does the pelican eat?"),
            _asked(client, "Does the pelican eat gold?"),
            _asked(unsure, "What does the pelican eat?"),
        )
        for band in page.of_class("band")
    }
    assert list(levels) == ["band strong", "band fair", "band uncalibrated"]
    assert len(set(levels.values())) == 3


def test_page_shows_the_quotes_of_the_api_in_order(client: TestClient) -> None:
    for question, kind, status in (
        ("pelican herring", "passages", "answered"),
        ("Which birds dive?", "list", "answered"),
        ("How do the gannet and the pelican differ?", "comparison", "answered"),
        ("Does the pelican boil?", "passages", "not_found"),
    ):
        answer = client.post("/ask", json={"question": question, "top_k": 6}).json()
        assert (answer["kind"], answer["status"]) == (kind, status)
        quotes = answer["quotes"] + answer["near_misses"]
        page = _asked(client, question)
        assert quotes
        assert page.texts("blockquote") == [quote["text"] for quote in quotes]
        links = [href.partition("&q=")[0] for href in page.hrefs() if href.startswith("/documents/")]
        # The source link of a lead-in is below the whole list.
        assert (
            list(dict.fromkeys(links)) == [quote["href"] for quote in [*quotes[1:], quotes[0]]]
            if (kind == "list")
            else [quote["href"] for quote in quotes]
        )


def test_first_link_of_an_answer_is_its_first_source(
    client: TestClient,
) -> None:
    for question in ("What does the pelican eat?", "Which birds dive?"):
        page = _asked(client, question)
        [heading] = page.of_class("question")
        links = [a for a in page.all("a") if a.place > heading.place]
        quotes = client.post("/ask", json={"question": question}).json()["quotes"]
        first = quotes[1] if question == "Which birds dive?" else quotes[0]  # an introduction has no marker
        href, _, around = links[0].attributes["href"].partition("&")
        assert f"{href}&{around}".startswith(f"{first['href']}&q=")
        assert around.endswith("#quote")


def test_list_is_rendered_as_a_list(client: TestClient) -> None:
    page = _asked(client, "Which birds dive?")
    [items] = page.of_class("items")
    assert items.tag == "ol"
    assert page.texts("blockquote")[1:] == ["1. The gannet plunges.", "2. The puffin digs."]
    assert [marker.text for marker in page.of_class("marker")] == ["1", "2"]
    assert [note.attributes.get("value") for note in page.all("li") if "SHA-256" in note.text] == [
        None,
        "1",
        "2",
    ]
    lead_in = page.all("blockquote")[0]
    assert (lead_in.text, lead_in.place < items.place) == ("Birds that dive:", True)


def test_list_without_lead_in_is_rendered_as_a_list(built: Built) -> None:
    client = client_of(built({"a.md": "- The gannet dives.\n- The puffin dives.\n\nThat is all.\n"}))
    page = _asked(client, "Which diving birds are there?")
    assert [element.tag for element in page.of_class("items")] == ["ol"]
    assert page.texts("blockquote") == ["The gannet dives.", "The puffin dives."]
    assert [marker.text for marker in page.of_class("marker")] == ["1", "2"]


def test_comparison_sides_are_in_the_order_of_the_answer(built: Built) -> None:
    """The document of the best quote comes first, whatever the document ids."""
    files = {"z.md": "# Pelicans\n\nThe pelican eats herring.", "a.md": "# Herons\n\nThe heron eats frogs."}
    client = client_of(built(files, covering_models()))
    page = _asked(client, "How do the pelican and the heron differ?")
    assert page.texts("blockquote") == ["The pelican eats herring.", "The heron eats frogs."]
    assert page.texts("cite") == ["Pelicans", "Herons"]


def test_refusal_labels_its_near_misses(client: TestClient) -> None:
    question = "Does the pelican boil?"
    page = _asked(client, question)
    assert _questions(page) == [question]
    assert [element.text for element in page.of_class("verdict")] == ["No answer found in these documents."]
    assert page.texts("h3") == ["Closest passages, which may not answer the question"]
    quotes = page.all("blockquote")
    assert quotes
    assert all(quote.place > page.one("h3").place for quote in quotes)
    assert page.of_class("quotes") == page.of_class("items") == page.all("mark") == []


def test_refusal_without_near_misses_has_no_heading(client: TestClient) -> None:
    page = _asked(client, "What is the boiling point of lead?")
    assert "No answer found in these documents." in _main(page)
    assert page.all("h3") == page.all("blockquote") == []


@pytest.mark.parametrize(
    ("question", "reason"),
    [("x" * 2001, "2000"), ("a\0b", "U+0000"), ("🐦" * 2001, "2000")],
    ids=["2001 characters", "U+0000", "2001 characters beyond the basic plane"],
)
def test_invalid_question_shows_message_and_form(client: TestClient, question: str, reason: str) -> None:
    for headers in (BROWSER, {}, {"Accept": "application/json"}):
        reply = client.get(f"/?q={percent_encode(question)}", headers=headers)
        assert (reply.status_code, reply.headers["content-type"]) == (422, "text/html; charset=utf-8")
        page = Page(reply.content)
        assert reason in _questions(page)[0]
        assert "JSON" not in page.one("main").text
        assert page.one("input").attributes["value"] == question[:2000]


def test_page_answers_a_question_of_2000_characters(client: TestClient) -> None:
    assert _questions(_asked(client, "🐦" * 2000)) == ["🐦" * 2000]


def test_invalid_utf_8_in_addresses_is_not_a_server_error(client: TestClient) -> None:
    for target in ("/?q=%ff%fe", "/?q=%ed%a0%80", "/?q=%zz%", "/documents/zoo?start=%ff&end=%00"):
        assert Exchange("GET", target, headers=BROWSER).over(client.app).status == 200


def test_every_page_reports_an_empty_corpus(make_service: Make) -> None:
    client = client_of(make_service())
    assert "No documents are loaded" in _main(_page(client, "/"))
    assert "No documents are loaded" in _main(_page(client, "/documents"))
    assert "There are no documents to search." in _main(_asked(client, "pelican"))


def test_pages_suggest_to_build_a_missing_index(write_corpus: WriteCorpus, make_service: Make) -> None:
    write_corpus({"zoo.md": ZOO})
    client = client_of(make_service())
    assert "normqa build" in _main(_page(client, "/"))
    for target in ("/?q=pelican", "/documents", "/documents/zoo"):
        assert "normqa build" in _main(_page(client, target, 503))


def test_footer_describes_the_index(client: TestClient) -> None:
    foot = " ".join(_page(client, "/").all("footer")[-1].text.split())
    assert foot.startswith("2 documents, index built 2")


def test_documents_page_shows_titles(client: TestClient) -> None:
    page = _page(client, "/documents")
    links = [(a.text, a.attributes["href"]) for a in page.all("a") if "/documents/" in a.attributes["href"]]
    assert links == [("plain.txt", "/documents/plain.txt"), ("Birds", "/documents/zoo")]


@pytest.mark.parametrize("document_id", ["zoo", "plain.txt"])
@pytest.mark.parametrize("span", ["", "?start=0&end=1", "?start=7&end=60", "?start=3&end=20"])
def test_document_page_contains_the_canonical_text(client: TestClient, document_id: str, span: str) -> None:
    text = client.get(f"/documents/{document_id}/text").content.decode()
    page = _page(client, f"/documents/{document_id}{span}")
    assert [element.text for element in page.of_class("text")] == [text]


def test_document_page_keeps_whitespace(client: TestClient) -> None:
    [element] = _page(client, "/documents/plain.txt?start=2&end=6").of_class("text")
    assert element.text == "\n\n  Odd   blanks,\ttabs\n\n\nand 🐦 birds. \n\n"


def test_any_span_is_marked_exactly(client: TestClient) -> None:
    text = client.get("/documents/zoo/text").text
    spans = [(0, len(text)), (0, 1), (len(text) - 1, len(text)), (3, 11)]
    spans += [(start, min(start + 37, len(text))) for start in range(0, len(text), 5)]
    for start, end in spans:
        page = _page(client, f"/documents/zoo?start={start}&end={end}")
        mark = page.one("mark")
        assert (mark.text, mark.attributes["id"]) == (text[start:end], "quote")
        assert page.of_class("notice") == []


def test_document_page_without_a_place_has_no_notice(client: TestClient) -> None:
    page = _page(client, "/documents/zoo")
    assert page.all("mark") == page.of_class("notice") == []


@pytest.mark.parametrize(
    "span",
    [
        "start=0&end=999999",
        "start=999998&end=999999",
        "start=9&end=9",
        "start=9&end=3",
        "start=-5&end=3",
        "start=0",
        "end=9",
        "start=&end=",
        "start=&end=9",
        "start=a&end=b",
        "start=0&end=1.5",
        "start=0&end=1e1",
        "start=0x0&end=0x9",
        "start=0&end=%2B9",
        "start=0&end=9%20",
        "start=0&end=%EF%BC%99",  # a full-width nine
        "start=0&end=%C2%B2",  # a superscript two
        "start=0&end=1_0",
        f"start=0&end={'9' * 5000}",
        "start=%00&end=%00",
        "start=<script>&end=%22",
    ],
)
def test_page_explains_an_invalid_place(client: TestClient, span: str) -> None:
    page = _page(client, f"/documents/zoo?{span}")
    assert page.all("mark") == []
    assert [" ".join(element.text.split()) for element in page.of_class("notice")] == [
        "Nothing is marked: this document has no such place."
    ]
    assert page.of_class("text")[0].text == client.get("/documents/zoo/text").text


def test_document_page_shows_metadata_and_links_to_the_original(built: Built) -> None:
    client = client_of(
        built(
            {
                "a.md": "---\ntitle: T\nsource: S\nurl: https://zoo.example/?a=1&b=2\ndate: 2023-05-01\n"
                "authors: [A, B]\npublisher: P\ntopics: [x, y]\n---\nThe pelican.\n"
            }
        )
    )
    page = _page(client, "/documents/a")
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    sha256 = client.get("/documents/a").json()["sha256"]
    assert facts == {
        "Source": "S",
        "Date": "2023-05-01",
        "Authors": "A, B",
        "Publisher": "P",
        "Topics": "x, y",
        "Id": "a",
        "Address": "https://zoo.example/?a=1&b=2",
        "Text": "Plain text, 12 characters (download)",
        "File": "Original file",
        "SHA-256": sha256,
        "Cite as": "A, B. T. S, P, 2023-05-01. https://zoo.example/?a=1&b=2. Copy",
    }
    [link] = [a for a in page.all("a") if a.attributes["href"].startswith("https:")]
    assert link.attributes["href"] == "https://zoo.example/?a=1&b=2"
    assert link.attributes["rel"] == "noreferrer"


def test_unknown_document_page_offers_the_form(client: TestClient) -> None:
    page = _page(client, "/documents/zebra", 404)
    assert page.one("h1").text == "There is no document 'zebra'."
    assert "The list of documents shows every id." in _main(page)
    assert _fields(page)[0].attributes["name"] == "q"


EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)></div></mark><!-- & {{ 7*7 }} {% endif %}"
EVIL_TEXT = f"The pelican eats {EVIL} herring."
EVIL_NAME = "evil\"'><img src=x onerror=alert(3)>&amp; {{7*7}}.txt"


@pytest.fixture(scope="module")
def evil(built: Built) -> TestClient:
    """A client for a document whose text, metadata and id contain markup."""
    quoted = EVIL.replace("'", "''")
    head = "\n".join(
        f"{key}: '{quoted}'" for key in ("title", "source", "publisher", "authors", "topics", "date")
    )
    return client_of(
        built({EVIL_NAME: f"---\n{head}\nurl: 'javascript:alert(4)//{quoted}'\n---\n{EVIL_TEXT}\n"})
    )


def _assert_harmless(page: Page) -> None:
    scripts = [element.attributes for element in page.all("script")]
    [module] = [script for script in scripts if script != {"type": "application/ld+json"}]
    assert module["type"] == "module"
    assert re.fullmatch(r"/static/[0-9a-f]{12}/main\.js", module["src"])
    assert page.all("img", "iframe", "object", "embed", "svg", "style", "base") == []
    for element in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in element.attributes)
        for name in ("href", "src", "action", "cite"):
            assert element.attributes.get(name, "/").startswith(("/", "#"))


def test_hostile_text_is_escaped_everywhere(evil: TestClient) -> None:
    [document] = evil.get("/documents").json()["documents"]
    assert (document["id"], document["title"]) == (EVIL_NAME, EVIL)

    pages = {
        "asked": _asked(evil, EVIL),
        "answered": _asked(evil, EVIL_TEXT),
        "listed": _page(evil, "/documents"),
        "shown": _page(evil, document["href"]),
        "marked": _page(evil, f"{document['href']}?start=4&end={len(EVIL_TEXT)}"),
        "too long": _asked(evil, EVIL + "x" * 2000, 422),
        "unknown": _page(evil, "/documents/" + percent_encode(EVIL), 404),
        "nowhere": _page(evil, "/" + percent_encode(EVIL), 404),
    }
    for page in pages.values():
        _assert_harmless(page)

    assert _questions(pages["asked"]) == [EVIL]
    assert _fields(pages["asked"])[1].attributes["value"] == EVIL  # carried on to the next question
    assert pages["answered"].texts("blockquote") == [EVIL_TEXT]
    assert pages["answered"].texts("cite") == [EVIL]
    assert EVIL in pages["listed"].texts("a")
    assert pages["shown"].texts("h1") == [EVIL]
    facts = dict(zip(pages["shown"].texts("dt"), pages["shown"].texts("dd"), strict=True))
    assert facts["Address"] == f"javascript:alert(4)//{EVIL}"
    assert (facts["Id"], facts["Source"], facts["Authors"]) == (EVIL_NAME, EVIL, EVIL)
    assert pages["marked"].texts("mark") == [EVIL_TEXT[4:]]
    assert pages["marked"].of_class("text")[0].text == f"{EVIL_TEXT}\n"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", " data:text/html,x", "//evil.example", "ftp://x"]
)
def test_only_web_addresses_become_links(built: Built, url: str) -> None:
    client = client_of(built({"a.md": f"---\nurl: '{url}'\n---\nThe pelican.\n"}))
    page = _page(client, "/documents/a")
    assert url.strip() in page.texts("dd")
    _assert_harmless(page)


def test_page_shows_an_edit_after_a_build_by_another_process(
    write_corpus: WriteCorpus, make_service: Make
) -> None:
    write_corpus({"a.md": "The pelican eats herring."})
    make_service().build()
    client = TestClient(app_of(make_service()))
    assert _asked(client, "What does the pelican eat?").texts("blockquote") == ["The pelican eats herring."]
    write_corpus({"a.md": "The pelican eats squid."})
    make_service().build()
    assert _asked(client, "What does the pelican eat?").texts("blockquote") == ["The pelican eats squid."]


PAGES = (
    "/",
    "/?q=What+does+the+pelican+eat%3F",
    "/?q=%20",
    "/?q=%00",
    "/documents",
    "/documents/a",
    "/documents/z",
)


@pytest.fixture
def service(write_corpus: WriteCorpus, make_service: Make) -> Service:
    """A service with two generations of two documents. One document differs."""
    write_corpus({"a.md": "The pelican eats herring.", "b.md": "The pelican eats squid."})
    service = make_service()
    service.build()
    write_corpus({"b.md": "Closed."})
    service.build()
    return service


def _alarms(client: TestClient, target: str) -> list[str]:
    """Return the alarms of a page, which have the role of alerts."""
    page = Page(client.get(target, headers=BROWSER).content)
    alarms = page.of_class("alarm")
    assert all(alarm.attributes["role"] == "alert" for alarm in alarms)
    return [" ".join(alarm.text.split()) for alarm in alarms]


@pytest.mark.parametrize("target", PAGES)
def test_undamaged_index_has_no_alarm(service: Service, target: str) -> None:
    assert _alarms(client_of(service), target) == []


@pytest.fixture
def damaged(service: Service, make_service: Make, index: Path) -> TestClient:
    """A client of a new service whose newest generation is damaged."""
    assert service.generation()
    damage(parts_in_force(index)["texts.sqlite"])
    return client_of(make_service())


@pytest.mark.parametrize("target", PAGES)
def test_every_page_warns_of_a_damaged_index(damaged: TestClient, target: str) -> None:
    """Error pages warn too."""
    [alarm] = _alarms(damaged, target)
    assert alarm == damaged.get("/health").json()["warning"]
    assert "texts.sqlite is corrupted: checksum mismatch." in alarm


@pytest.mark.parametrize("target", PAGES)
def test_every_page_reports_a_rollback(service: Service, index: Path, target: str) -> None:
    roll_back(index)
    [alarm] = _alarms(client_of(service), target)
    assert alarm == (
        "The index was rolled back to an older state of the documents."
        " Text that has changed since may be quoted."
    )


def test_pages_hide_changed_documents_of_a_damaged_index(damaged: TestClient) -> None:
    assert _asked(damaged, "What does the pelican eat?").texts("blockquote") == ["The pelican eats herring."]
    listed = [href for href in _page(damaged, "/documents").hrefs() if "/documents/" in href]
    assert listed == ["/documents/a"]
    assert "squid" not in _main(_page(damaged, "/documents/b", 404))


def test_footer_counts_documents_that_survive_damage(damaged: TestClient) -> None:
    foot = " ".join(_page(damaged, "/").all("footer")[-1].text.split())
    assert foot.startswith("1 document, index built")


def test_warning_is_escaped(tmp_path: Path) -> None:
    """A warning names the index folder, whose name may contain markup."""
    index = tmp_path / "<b>index<b>"
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    service = Service(Settings(corpus=corpus, index=index), hashing_models())
    for text in ("The pelican eats squid.", "Closed."):
        (corpus / "b.md").write_text(text, encoding="utf-8")
        (corpus / "a.md").write_text("The pelican eats herring.", encoding="utf-8")
        service.build()
    damage(parts_in_force(index)["texts.sqlite"])
    client = client_of(Service(service.settings, hashing_models()))
    [alarm] = _alarms(client, "/")
    assert "<b>index<b>" in alarm


def test_headings_of_a_document_skip_no_level(built: Built) -> None:
    client = client_of(built({"a.md": "# One\n\n#### Deep\n\nText.\n\n#### Deep too\n\n## Two\n\nText.\n"}))
    headings = [
        element for element in _page(client, "/documents/a").all("span") if "role" in element.attributes
    ]
    assert [heading.attributes["aria-level"] for heading in headings] == ["2", "3", "3", "3"]


def test_neighbouring_rows_are_shown_as_one_table(built: Built) -> None:
    """The lead quote has the lead-in and the column names, and the first of the rows below."""
    rows = "".join(f"| pelican {name} | pelican food is {food} |\n" for name, food in ROWS.items())
    markdown = f"The birds of the bay at night:\n\n| Bird | Food |\n|---|---|\n{rows}"
    page = _asked(client_of(built({"a.md": markdown}, covering_models())), "What is pelican food?")
    assert len(page.texts("blockquote")) == len(ROWS)
    assert [element.text for element in page.of_class("outside")] == ["The birds of the bay at night:"] * 2
    heads = [element.attributes.get("class") for element in page.all("thead")]
    assert heads == [None, None, *["unseen"] * (len(ROWS) - 2)]
    assert page.all("mark")[0].text in {"pelican chick", "pelican hen", "pelican cock"}


def test_references_and_citations_are_links(built: Built) -> None:
    references = ["Convention on herring, ETS 1", "https://zoo.example/?a=1&b=2", "javascript:alert(1)"]
    text = f"---\nreferences: {references}\n---\nThe pelican eats herring.\n"
    page = _asked(client_of(built({"a.md": text}, covering_models())), "pelican")
    hrefs = page.hrefs()
    assert references[1] in hrefs
    assert not any("javascript" in href for href in hrefs)
    assert all(any(f"/conversation.{name}?" in href for href in hrefs) for name in ("apa.txt", "ris", "docx"))


@pytest.mark.parametrize("question", ["pelican", "Which birds dive?", "Do pelicans boil?"])
def test_numbers_of_quotes_agree_with_their_sources(question: str, client: TestClient) -> None:
    """In answers, lists and refusals, and on the permalink of an answer."""
    page = _asked(client, question)
    links = [element.attributes for element in page.all("a") if "/answer?" in element.attributes["href"]]
    for shown in [page, *(_page(client, link["href"]) for link in links)]:
        markers = shown.of_class("marker")
        assert markers
        for number, marker in enumerate(markers, 1):
            assert marker.text == str(number)
            [place] = _page(client, marker.attributes["href"]).of_class("neighbours")
            assert f"Quote {number} of {len(markers)}" in place.text


def test_text_of_a_document_names_its_language(built: Built) -> None:
    """Voices of screen readers differ by language."""
    text = "---\ntitle: Vögel\nlanguage: de\n---\n# Vögel\n\nDer Pelikan frisst Hering.\n\nEr schläft.\n"
    client = client_of(built({"a.md": text}, covering_models()))
    page = _asked(client, "Pelikan Hering")
    shown = [element for name in ("around", "source") for element in page.of_class(name)]
    texts = [*page.all("blockquote", "cite"), *(element for element in shown if element.tag == "p")]
    assert [element.attributes.get("lang") for element in texts] == ["de"] * len(texts)
    page = _page(client, "/documents/a")
    assert [element.attributes.get("lang") for element in [page.one("h1"), *page.of_class("text")]] == [
        "de"
    ] * 2
