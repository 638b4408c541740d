"""What makes a page hard to use: found by axe in every colour scheme, and what axe does not find."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

EVERY_RULE = {"rules": {"target-size": {"enabled": True}}}
ABOUT_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
SCHEMES: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"color_scheme": "dark"}, ABOUT_COLOURS),
    ({"color_scheme": "light", "forced_colors": "active"}, ABOUT_COLOURS),
    ({"color_scheme": "dark", "forced_colors": "active"}, ABOUT_COLOURS),
    ({"color_scheme": "light", "forced_colors": "none"}, EVERY_RULE),
)
"""Media to emulate, and options of axe."""

UNREADABLE = """() => [...document.querySelectorAll("mark, mark *")]
    .filter((part) => getComputedStyle(part).color !== getComputedStyle(document.body).color)
    .map((part) => part.outerHTML)"""
"""Marked text whose colour is not that of the text, although its background may be: axe does not see it."""

SMALL = """() => [...document.querySelectorAll("a, button, summary, input, textarea, [role=option]")]
    .filter((target) => target.checkVisibility() && !target.matches(".skip"))
    .filter((target) => {
        const isInline = getComputedStyle(target).display === "inline";
        const beside = [...target.parentElement.childNodes].filter((node) => node.nodeType === 3);
        const isPart = beside.some((node) => node.data.trim());
        const { width, height } = target.getBoundingClientRect();
        return Math.min(width, height) < 24 && !(isInline && isPart);
    })
    .map((target) => target.outerHTML)"""
"""Targets of less than 24 pixels that are not part of a sentence."""

ALIKE = """() => {
    const parts = [...document.querySelectorAll("article, form, dialog")];
    const buttons = [...document.querySelectorAll("button, summary")];
    const named = buttons.filter((button) => button.checkVisibility()).map((button) => {
        const part = parts.indexOf(button.closest("article, form, dialog"));
        return `${part}: ${button.ariaLabel ?? button.textContent}`;
    });
    return named.filter((name, place) => named.indexOf(name) < place);
}"""
"""Names that several buttons of an answer share."""


def violations(page: Page) -> list[str]:
    """Return the violations that axe finds in every colour scheme, and others that it does not find."""
    problems = []
    for media, options in SCHEMES:
        page.emulate_media(**media)
        found: Any = Axe().run(page, options=options).response["violations"]
        problems += [
            f"{media}, {violation['id']}: {[node['html'] for node in violation['nodes']]}"
            for violation in found
        ]
        if media.get("forced_colors") == "active":
            problems += [f"{media}, unreadable: {part}" for part in page.evaluate(UNREADABLE)]
    problems += [f"small: {target}" for target in page.evaluate(SMALL)]
    return problems + [f"alike: {name}" for name in page.evaluate(ALIKE)]
