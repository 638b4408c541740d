"""Load the pages of a running server in Chromium: requests, bytes, time to first byte, and first paint.

Every page is loaded in a new browser context, and then once more in the same one: "again" is what a visitor
who returns gets. Medians of all rounds; bytes as Chromium counts those that are transferred, with headers.

Usage: python benchmarks/page.py http://127.0.0.1:8000 [--rounds N]
"""

import argparse
import statistics
from dataclasses import dataclass
from urllib.parse import urlencode

from browser import chromium
from playwright.sync_api import Browser, BrowserContext

PAGES = {
    "first page": "",
    "answer": "What is due diligence?",
    "comparison": "How does the Budapest Convention differ from the UN Cybercrime Convention?",
    "list of seven items": "What are the main strategies for building international norms on cybersecurity?",
    "refusal": "Who chairs the OEWG in 2031?",
}
_MEASURE = """async () => {
    const painted = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    while (painted() === undefined) await new Promise(requestAnimationFrame);
    const page = performance.getEntriesByType("navigation")[0];
    return [page.responseStart - page.requestStart, painted()];
}"""


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a page.

    Attributes:
        requests: Requests that reached the server.
        bytes: Transferred bytes.
        status: HTTP status of the page.
        first_byte: Milliseconds from the request to the first byte of the page.
        paint: Milliseconds from the start to the first contentful paint.
    """

    requests: int
    bytes: int
    status: int
    first_byte: float
    paint: float

    @classmethod
    def of(cls, context: BrowserContext, address: str) -> "Load":
        """Load a page in a tab of its own."""
        page = context.new_page()
        devtools, sizes, statuses = context.new_cdp_session(page), list[int](), list[int]()
        devtools.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        devtools.on("Network.responseReceivedExtraInfo", lambda event: statuses.append(event["statusCode"]))
        devtools.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        first_byte, paint = page.evaluate(_MEASURE)
        page.close()
        return cls(len(statuses), sum(sizes), statuses[0], first_byte, paint)


def _visit(browser: Browser, address: str) -> tuple[Load, Load]:
    """Load a page as somebody does who has never been there, and again."""
    context = browser.new_context()
    first, again = Load.of(context, address), Load.of(context, address)
    context.close()
    return first, again


def main() -> None:
    """Print a row of a table for every page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("server")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print("| page | requests | kB | first byte, ms | paint, ms | status again | kB | first byte | paint |")
    print("|---|---|---|---|---|---|---|---|---|")
    with chromium() as browser:
        for name, question in PAGES.items():
            query = f"?{urlencode({'q': question})}" if question else ""
            visits = [_visit(browser, f"{given.server.rstrip('/')}/{query}") for _ in range(given.rounds)]
            first, again = (_medians(loads) for loads in zip(*visits, strict=True))
            print(
                f"| {name} | {first.requests} | {_figures(first)} | {again.status} | {_figures(again)} |",
                flush=True,
            )


def _medians(loads: tuple[Load, ...]) -> Load:
    return Load(
        requests=max(load.requests for load in loads),
        bytes=statistics.median_high(load.bytes for load in loads),
        status=loads[-1].status,
        first_byte=statistics.median(load.first_byte for load in loads),
        paint=statistics.median(load.paint for load in loads),
    )


def _figures(load: Load) -> str:
    return f"{load.bytes / 1000:.1f} | {load.first_byte:.0f} | {load.paint:.0f}"


if __name__ == "__main__":
    main()
