"""The original of a quote in the source pane and on its page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.load.pdf.files import pdf, text
from tests.web.conftest import OpenPage, Site, serving

DEEP = "The well is forty metres deep."
LINES = "".join(text(f"Line {n} is about ponds.", y=760 - 16 * n) for n in range(40))


@pytest.fixture(scope="module")
def wells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a PDF file."""
    file = pdf(text("The cover."), LINES + text(DEEP, y=60)).decode("ascii")
    with serving(tmp_path_factory.mktemp("wells"), {"wells.pdf": file}) as site:
        yield site


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (420, "dark")])
def test_pane_shows_the_marked_page(open_page: OpenPage, wells: Site, width: int, scheme: Any) -> None:
    page = open_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    page.goto(wells.asking("How deep is the well?"))
    page.locator(".source a").first.click()
    page.locator(".pane").get_by_role("link", name="Original, page 2").click()
    picture = page.locator(".pane figure img")
    expect(picture).to_be_visible()
    assert DEEP in str(picture.get_attribute("alt"))
    expect(page.locator(".pane figure .place")).to_have_attribute("style", re.compile(r"top: 9\d"))
    expect(page.locator(".pane figure .place")).to_be_in_viewport()
    expect(page.locator(".pane .text")).to_be_hidden()
    box, sheet = picture.bounding_box(), page.locator(".pane .sheet").bounding_box()
    assert box
    assert sheet
    assert box["width"] <= sheet["width"]
    page.locator(".pane").get_by_role("link", name="Text", exact=True).click()
    expect(page.locator(".pane mark")).to_be_in_viewport()
    assert picture.count() == 0


def test_link_opens_the_picture_without_script(open_page: OpenPage, wells: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(wells.asking("How deep is the well?"))
    page.locator(".source a").first.click()
    with page.expect_navigation() as navigation:
        page.get_by_role("link", name="Original, page 2").click()
    assert navigation.value.headers["content-type"] == "image/png"
