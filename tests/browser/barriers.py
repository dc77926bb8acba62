"""What axe finds on a page: the same rules for widget and console."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def barriers(page: Page, *, forced: bool = False, most: bool = False) -> list[str]:
    """Each violation and where it is. Axe cannot judge contrast in forced colours: the system's are used.

    `most`: for whoever asked for more contrast, text must reach 7:1 (4.5:1 if large), not 4.5:1.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {"color-contrast": {"enabled": not forced}, "color-contrast-enhanced": {"enabled": most}},
        "resultTypes": ["violations"],
    }
    # Only what is wrong leaves the page: the list of all that is right is long.
    found: list[str] = page.evaluate(
        """async (options) => (await axe.run(options)).violations.flatMap((one) =>
        one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.html.slice(0, 200)}`))""",
        options,
    )
    return found
