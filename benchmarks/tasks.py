"""Do ten tasks of a new visitor in Chromium, and count the steps and the seconds.

A step is what a visitor does by hand: a click, a text typed or pasted, or a key. Seconds are what the tasks
take without time to read and think. A task whose page has no means for it is not possible.

Usage: python benchmarks/tasks.py http://127.0.0.1:8000
"""

import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from browser import chromium
from playwright.sync_api import Error, Locator, Page, expect

DATE = "When did the Budapest Convention enter into force?"
LIST = "What are the main strategies for building international norms on cybersecurity?"
QUOTATION = "The Budapest Convention entered into force on 1 August 2004."
_ITEMS = 7
_WAIT = 120_000
"""Milliseconds to wait for an answer, on a machine with other load."""


class NotPossible(Exception):
    """The page has no means for a task."""


class Failed(Exception):
    """A task did not lead to what the visitor wanted."""


def require(holds: object, otherwise: str) -> None:
    """Fail a task unless a condition holds.

    Raises:
        Failed: If it does not hold.
    """
    if not holds:
        raise Failed(otherwise)


@dataclass
class Visitor:
    """Acts on a page and counts the steps.

    Attributes:
        page: The page.
        steps: Steps so far.
    """

    page: Page
    steps: int = 0

    def click(self, target: Locator) -> None:
        """Click the first element, if the page shows one.

        Raises:
            NotPossible: If it shows none.
        """
        shown = target.filter(visible=True)
        if not shown.count():
            raise NotPossible
        self.steps += 1
        shown.first.click()

    def write(self, target: Locator, text: str) -> None:
        """Type or paste a text."""
        self.steps += 1
        target.fill(text)

    def ask(self, question: str) -> Locator:
        """Type a question, press Enter, and return the answer."""
        self.write(self.page.locator("form [name=q]"), question)
        self.steps += 1
        self.page.keyboard.press("Enter")
        answer = self.page.locator(".turn:not(.pending)").last
        expect(answer).to_contain_text(question, timeout=_WAIT)
        return answer

    def download(self, target: Locator) -> str:
        """Click a link to a file and return its text."""
        with self.page.expect_download() as download:
            self.click(target)
        return download.value.path().read_text(encoding="utf-8")


def find_a_date(visitor: Visitor) -> None:
    """Ask when something happened, and read it in the first quote."""
    expect(visitor.ask(DATE).locator("blockquote").first).to_contain_text("1 July 2004")


def check_a_quotation(visitor: Visitor) -> None:
    """Paste a quotation with a wrong word, and read which one it is."""
    visitor.click(visitor.page.get_by_role("link", name="Check a quotation"))
    visitor.write(visitor.page.locator("textarea"), QUOTATION)
    visitor.click(visitor.page.get_by_role("button", name="Check", exact=True))
    expect(visitor.page.locator("main")).to_contain_text("Not found", timeout=_WAIT)
    expect(visitor.page.locator("main")).to_contain_text("1 July 2004")


def cite_in_apa(visitor: Visitor) -> None:
    """Get the citation of an answer in the style of APA."""
    visitor.ask(DATE)
    cited = visitor.download(visitor.page.get_by_role("link", name="APA"))
    require("The Budapest Convention on Cybercrime" in cited, "the title is missing")


def compare_two_bodies(visitor: Visitor) -> None:
    """Ask for a comparison, and read both sides beside each other."""
    answer = visitor.ask("Compare the GGE and the OEWG")
    first, second = (answer.locator(".side").nth(place).bounding_box() for place in (0, 1))
    require(first and second and first["x"] + first["width"] <= second["x"], "the sides are not side by side")


def narrow_to_a_folder(visitor: Visitor) -> None:
    """Ask, and have only documents of one folder answer."""
    answer = visitor.ask("What did states agree?")
    name = re.compile(r"\btreaties\b")
    main = visitor.page.locator("main")
    visitor.click(main.get_by_role("checkbox", name=name).or_(main.get_by_role("link", name=name)))
    expect(answer.locator(".quote a[data-source]").first).to_have_attribute(
        "href", re.compile("/documents/treaties/")
    )


def recover_from_a_typo(visitor: Visitor) -> None:
    """Misspell the subject of a question, and get its answer all the same."""
    visitor.ask("What is due dilligence?")
    if visitor.page.locator(".turn.refusal").count():
        visitor.click(visitor.page.locator(".spelling a"))
    expect(visitor.page.locator(".turn blockquote").first).to_contain_text("Due diligence", timeout=_WAIT)


def open_the_treaty(visitor: Visitor) -> None:
    """Find the treaty that a note is about, and follow its address."""
    answer = visitor.ask(DATE)
    visitor.click(answer.get_by_text("References"))
    target = answer.locator(".references a[href^=http]").filter(visible=True)
    if not target.count():
        raise NotPossible
    visitor.steps += 1  # not clicked: the treaty lies on another server
    require("coe.int" in (target.first.get_attribute("href") or ""), "it is another address")


def share_an_answer(visitor: Visitor) -> None:
    """Copy a link that shows these quotes to another person."""
    answer = visitor.ask(DATE)
    quoted = answer.locator("blockquote").first.text_content() or "nothing"
    copy = answer.get_by_role("button", name="Copy link")
    if copy.count():
        visitor.click(copy)
        address = visitor.page.evaluate("navigator.clipboard.readText()")
    else:
        visitor.click(answer.get_by_role("link", name="Link to these quotes"))
        visitor.page.wait_for_url("**/answer?**")
        visitor.steps += 1  # the visitor copies the address of the page
        address = visitor.page.url
    visitor.page.goto(address)
    expect(visitor.page.locator("blockquote").first).to_have_text(quoted)


def print_a_list(visitor: Visitor) -> None:
    """Print seven items with the source of each."""
    answer = visitor.ask(LIST)
    visitor.page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    visitor.click(answer.get_by_role("button", name="Print"))
    require(visitor.page.evaluate("window.printed"), "the browser does not print")
    visitor.page.emulate_media(media="print")
    printed = (".items blockquote", ".footnotes li:not(.unnumbered)")
    items, sources = (answer.locator(part).filter(visible=True).count() for part in printed)
    require(items == sources == _ITEMS, f"{items} items and {sources} sources")


def collect_a_brief(visitor: Visitor) -> None:
    """Collect quotes of two answers, and get one document with them."""
    questions = (DATE, "What is due diligence?")
    for question in questions:
        answer = visitor.ask(question)
        visitor.click(answer.locator(".quote").first.get_by_role("checkbox", name="Add to brief"))
    visitor.click(visitor.page.get_by_role("link", name=re.compile("brief", re.IGNORECASE)))
    expect(visitor.page.locator("blockquote")).to_have_count(len(questions))
    brief = visitor.download(visitor.page.get_by_role("link", name="Markdown"))
    require(brief.count("SHA-256") == len(questions), "a quote or its source is missing")


TASKS: tuple[Callable[[Visitor], None], ...] = (
    find_a_date,
    check_a_quotation,
    cite_in_apa,
    compare_two_bodies,
    narrow_to_a_folder,
    recover_from_a_typo,
    open_the_treaty,
    share_an_answer,
    print_a_list,
    collect_a_brief,
)


def main(server: str) -> None:
    """Print a row of a table for every task."""
    print("| task | steps | seconds |")
    print("|---|---|---|")
    with chromium() as browser:
        for task in TASKS:
            context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
            page = context.new_page()
            page.goto(server)
            visitor, start = Visitor(page), time.perf_counter()
            name = task.__name__.replace("_", " ").replace("apa", "APA")
            try:
                task(visitor)
                print(f"| {name} | {visitor.steps} | {time.perf_counter() - start:.1f} |", flush=True)
            except NotPossible:
                print(f"| {name} | not possible | |", flush=True)
            except (Failed, AssertionError, Error) as error:
                print(f"| {name} | failed: {str(error).partition(chr(10))[0]} | |", flush=True)
            context.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") + "/")
