"""Asking by mouse, by keyboard and without JavaScript, and every outcome."""

from playwright.sync_api import Page, Route, expect

from tests.web.conftest import QUESTIONS, OpenPage, Site, kept


def ask(page: Page, question: str) -> None:
    """Type a question, send it and wait for the outcome."""
    page.get_by_role("combobox").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.pending) .question").last).to_have_text(question)


def ask_and_hold(page: Page, question: str) -> Route:
    """Send a question that gets no answer until the route is continued."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/?q=*", hold, times=1)
    page.get_by_role("combobox").fill(question)
    with page.expect_request("**/?q=*"):
        page.keyboard.press("Enter")
    expect(page.locator(".pending .question")).to_have_text(question)
    return held[0]


def answered(page: Page) -> list[str]:
    """Return the questions that have an answer on the page."""
    return page.locator(".turn:visible .question").all_text_contents()


def test_first_visit_suggests_questions(page: Page, site: Site) -> None:
    page.goto(site.address)
    expect(page.locator(".lead")).to_contain_text("Answers are exact quotations from 2 documents")
    assert page.locator(".offered li").all_text_contents() == ["What does the pelican eat?"]
    page.locator(".lead a").click()
    assert page.url == f"{site.address}/documents"


def test_known_questions_complete_what_is_typed(page: Page, site: Site) -> None:
    page.goto(site.address)
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("pelic")
    options = page.get_by_role("option")
    expect(options.first).to_have_text(QUESTIONS["answer"])
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_be_focused()
    page.keyboard.type("an ea")
    expect(options).to_have_text([QUESTIONS["answer"]])
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_have_text(QUESTIONS["answer"])
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .question")).to_have_text(QUESTIONS["answer"])
    page.keyboard.press("/")
    page.keyboard.type("birds di")
    options.get_by_text(QUESTIONS["list"]).click()
    expect(page.locator(".turn:not(.pending) .question").last).to_have_text(QUESTIONS["list"])


def test_refusal_offers_known_questions(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["near"]))
    offered = page.locator(".refusal .offers a")
    expect(offered).to_have_text([QUESTIONS["answer"]])
    offered.click()
    expect(page.locator(".turn:not(.pending) .question").last).to_have_text(QUESTIONS["answer"])


def test_suggested_question_and_its_source_open_by_mouse(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.get_by_role("link", name=QUESTIONS["answer"]).click()
    expect(page.locator("blockquote").first).to_contain_text("The pelican eats herring.")
    assert page.url == site.asking(QUESTIONS["answer"])
    expect(page.locator(".welcome").first).to_be_hidden()
    page.locator(".source a").first.click()
    expect(page.locator(".pane mark")).to_contain_text("The pelican eats herring.")


def test_everything_works_by_keyboard(open_page: OpenPage, site: Site) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.address)
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")  # single keys work outside of the field
    page.keyboard.press("/")
    page.keyboard.type("pelican/?jk")  # single keys do nothing while typing
    assert page.get_by_role("combobox").input_value() == "pelican/?jk"
    page.get_by_role("combobox").fill("")
    page.keyboard.type(QUESTIONS["more"])
    page.keyboard.press("Enter")
    expect(page.locator(".turn .question")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".quote").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".quote").first).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#announcement")).to_have_text("Copied with citation.")
    page.keyboard.press("o")
    expect(page.locator(".pane mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pane")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_role("checkbox", name="Enable single-key shortcuts").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).not_to_be_focused()
    page.reload()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_conversation_works_without_javascript(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.address)
    page.get_by_role("combobox").fill(QUESTIONS["more"])
    page.get_by_role("button", name="Ask").click()
    assert page.locator(".turn blockquote:visible").count() == 3
    page.locator(".more > summary").click()
    expect(page.locator(".more blockquote").first).to_be_visible()
    page.locator(".context summary").first.click()
    expect(page.locator(".around").first).to_be_visible()
    expect(page.locator(".scripted").first).to_be_hidden()
    page.get_by_role("searchbox").fill(QUESTIONS["list"])
    page.get_by_role("button", name="Ask").click()
    assert page.url == site.asking(QUESTIONS["list"], QUESTIONS["more"])
    expect(page.locator(".trail a")).to_have_text([QUESTIONS["more"]])
    page.locator("a.marker").first.click()
    assert page.locator("mark").text_content() == "The gannet plunges."
    page.get_by_role("link", name="Next quote").click()
    assert page.locator("mark").text_content() == "The puffin digs."


def test_answer_is_announced_to_screen_readers(page: Page, site: Site) -> None:
    page.goto(site.address)
    ask(page, QUESTIONS["answer"])
    expect(page.locator("#announcement")).to_have_text("Strong match")


def test_lists_comparisons_and_refusals_are_laid_out_as_such(page: Page, site: Site) -> None:
    page.goto(site.address)
    ask(page, QUESTIONS["list"])
    assert page.locator(".items blockquote").all_text_contents() == [
        "The gannet plunges.",
        "The puffin digs.",
    ]
    ask(page, QUESTIONS["comparison"])
    sides = page.locator(".side")
    assert sides.locator("h3").all_text_contents() == ["The heron", "The gannet"]
    first, second = (sides.nth(n).bounding_box() for n in (0, 1))
    assert first
    assert second
    assert first["x"] + first["width"] <= second["x"]
    ask(page, QUESTIONS["near"])
    expect(page.locator(".verdict").last).to_have_text("No answer found in these documents.")
    expect(page.locator(".near blockquote").first).to_be_visible()
    ask(page, QUESTIONS["nothing"])
    expect(page.locator(".turn").last).to_contain_text("Try words that the documents might use")
    assert page.locator(".turn").last.locator("blockquote").count() == 0
    assert answered(page) == [QUESTIONS[name] for name in ("list", "comparison", "near", "nothing")]


def test_answering_sentence_is_marked_and_context_expands(page: Page, site: Site) -> None:
    page.goto(site.asking("What lives at the bay?"))
    quote = page.locator(".quote").first
    assert quote.locator("mark").text_content() == "It lives at the bay."
    assert quote.locator("blockquote").text_content() == "The pelican eats herring. It lives at the bay."
    expect(quote.locator(".around").first).to_be_hidden()
    quote.get_by_text("Show context").click()
    assert quote.locator(".around:visible").all_text_contents() == [
        "Nobody feeds the birds.",
        "Boats bring the herring there.",
    ]


def test_empty_corpus_differs_from_a_refusal(page: Page, empty_site: Site) -> None:
    page.goto(empty_site.address)
    expect(page.locator("main")).to_contain_text("No documents are loaded")
    page.get_by_role("combobox").fill("pelican")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_have_text("There are no documents to search.")


def test_rewritten_follow_up_can_be_searched_as_written(page: Page, site: Site) -> None:
    page.goto(site.address)
    ask(page, QUESTIONS["answer"])
    ask(page, "Where does it sleep in winter?")
    assert page.url == site.asking("Where does it sleep in winter?", QUESTIONS["answer"])
    searched = page.locator(".searched")
    expect(searched).to_contain_text("Searched as: Where does it sleep in winter? (pelican)")
    searched.get_by_role("link", name="Search exactly as written").click()
    page.wait_for_url(site.asking("Where does it sleep in winter?") + "&exact=1")
    expect(page.locator(".question")).to_have_text("Where does it sleep in winter?")
    assert page.locator(".searched").count() == 0


def test_history_navigates_the_conversation(page: Page, site: Site) -> None:
    page.goto(site.address)
    ask(page, QUESTIONS["answer"])
    ask(page, QUESTIONS["list"])
    page.go_back()
    assert answered(page) == [QUESTIONS["answer"]]
    page.go_back()
    expect(page.locator(".welcome").first).to_be_visible()
    page.go_forward()
    page.go_forward()
    assert answered(page) == [QUESTIONS["answer"], QUESTIONS["list"]]
    page.go_back()
    ask(page, QUESTIONS["near"])  # goes on from where one went back to
    assert answered(page) == [QUESTIONS["answer"], QUESTIONS["near"]]
    assert page.url == site.asking(QUESTIONS["near"], QUESTIONS["answer"])
    page.reload()
    assert page.locator(".trail a").all_text_contents() == [QUESTIONS["answer"]]
    assert answered(page) == [QUESTIONS["near"]]
    page.go_back()
    expect(page.locator(".question")).to_have_text(QUESTIONS["answer"])


def test_browser_stores_and_clears_the_conversation(page: Page, site: Site) -> None:
    page.goto(site.address)
    ask(page, QUESTIONS["answer"])
    ask(page, QUESTIONS["list"])
    assert [turn["question"] for turn in kept(page)] == [QUESTIONS["answer"], QUESTIONS["list"]]
    page.goto(site.address)
    assert page.locator(".kept li > a:first-child").all_text_contents() == [
        QUESTIONS["answer"],
        QUESTIONS["list"],
    ]
    page.locator(".kept li a").last.click()
    expect(page.locator(".searched")).to_have_text(f"Question in this link: {QUESTIONS['list']}")
    assert page.url.startswith(f"{site.address}/answer?")
    page.goto(site.address)
    page.get_by_role("button", name="Clear conversation").click()
    expect(page.locator(".kept")).to_be_hidden()
    assert kept(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".kept li")).to_have_count(2)
    assert [turn["question"] for turn in kept(page)] == [QUESTIONS["answer"], QUESTIONS["list"]]
    page.get_by_role("button", name="Clear conversation").click()
    page.reload()  # what was cleared can be brought back once
    expect(page.locator(".kept")).to_be_hidden()
    assert kept(page) == []


def test_pending_question_can_be_cancelled(page: Page, site: Site) -> None:
    page.goto(site.address)
    asked: list[str] = []
    page.route("**/?q=*", lambda route: asked.append(route.request.url))  # never answered
    field = page.get_by_role("combobox")
    field.fill("pelican")
    field.press("Enter")
    expect(page.locator(".pending .question")).to_have_text("pelican")
    expect(page.locator(".pending")).to_contain_text("Searching the documents…")
    field.fill("pelican")
    field.press("Enter")
    page.get_by_role("button", name="Ask").click()
    assert len(asked) == 1
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(field).to_have_value("pelican")
    assert page.url == f"{site.address}/"
    page.unroute("**/?q=*")
    ask(page, QUESTIONS["answer"])


def test_question_sent_meanwhile_is_asked_next(page: Page, site: Site) -> None:
    page.goto(site.address)
    held = ask_and_hold(page, QUESTIONS["answer"])
    field = page.get_by_role("combobox")
    field.fill(QUESTIONS["list"])
    field.press("Enter")
    expect(field).to_have_value(QUESTIONS["list"])
    held.continue_()
    expect(page.locator(".turn:not(.pending) .question").last).to_have_text(QUESTIONS["list"])
    assert answered(page) == [QUESTIONS["answer"], QUESTIONS["list"]]
    assert page.url == site.asking(QUESTIONS["list"], QUESTIONS["answer"])


def test_what_is_typed_meanwhile_stays_in_the_field(page: Page, site: Site) -> None:
    page.goto(site.address)
    held = ask_and_hold(page, QUESTIONS["answer"])
    field = page.get_by_role("combobox")
    field.fill(QUESTIONS["list"])
    field.press("Enter")
    field.press("End")
    page.keyboard.type(" And why?")
    held.continue_()
    expect(page.locator(".turn:not(.pending) .question")).to_have_text([QUESTIONS["answer"]])
    expect(field).to_have_value(f"{QUESTIONS['list']} And why?")
    ask_and_hold(page, "pelican")
    field.fill(QUESTIONS["list"])
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".pending")).to_have_count(0)
    expect(field).to_have_value(QUESTIONS["list"])


def test_invalid_question_stays_in_the_field(open_page: OpenPage, site: Site) -> None:
    page = open_page(forgiven="422")
    page.goto(site.address)
    field = page.get_by_role("combobox")
    field.evaluate("field => field.removeAttribute('maxlength')")
    field.fill("x" * 2001)
    field.press("Enter")
    expect(page.locator(".failed .question")).to_contain_text("at most 2000 characters")
    expect(field).to_have_value("x" * 2001)
    assert page.url == f"{site.address}/"


def test_failed_question_can_be_repeated(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.route("**/?q=*", lambda route: route.fulfill(status=200, body="{}"))
    page.get_by_role("combobox").fill(QUESTIONS["answer"])
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_have_text("The question could not be answered.")
    expect(page.locator("#announcement")).to_have_text("The question could not be answered.")
    assert page.url == f"{site.address}/"
    page.unroute("**/?q=*")
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("blockquote").first).to_contain_text("The pelican eats herring.")
    assert page.locator(".failed").count() == 0


def test_unreachable_server_is_not_shown_as_a_refusal(open_page: OpenPage, own_site: Site) -> None:
    page = open_page(forgiven="ERR_CONNECTION_REFUSED")
    page.goto(own_site.address)
    ask(page, QUESTIONS["answer"])
    own_site.process.kill()
    own_site.process.wait()
    page.get_by_role("combobox").fill("pelican")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_have_text("The question could not be answered.")
    assert answered(page) == [QUESTIONS["answer"], "pelican"]


def test_server_error_page_offers_to_try_again(page: Page, own_site: Site) -> None:
    """The index is missing although there are documents."""
    page.goto(own_site.asking(QUESTIONS["answer"]))
    (own_site.corpus.parent / "index" / "CURRENT").unlink()
    reply = page.context.request.get(own_site.asking(QUESTIONS["answer"]), headers={"Accept": "text/html"})
    assert reply.status == 503
    assert "The question could not be answered." in reply.text()
    assert "Try again" in reply.text()
