"""The API reference in a browser."""

from playwright.sync_api import Page, expect

from tests.web.conftest import Site


def test_a_request_can_be_sent_from_the_reference(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/docs")
    operation = page.locator("#operations-Questions-verify")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
