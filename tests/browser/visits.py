"""One visit of one state, looked at in every way: axe, geometry, the emergency number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from barriers import barriers
from fake_gateway import Gateway
from person import Person
from playwright.sync_api import Page
from states import STATES

PLAIN: dict[str, Any] = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"}
SCHEMES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "more": {"contrast": "more"},
    "more, dark": {"contrast": "more", "color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}
# Width, height, and the text size that a person has set in the menu.
SIZES = [(320, 256, 100), (390, 664, 100), (1280, 800, 100), (390, 664, 200), (1280, 800, 200)]

# With forced colours all text must have the system's colours, not ours.
FORCED = """
const channels = ['0, 0, 0', '255, 255, 255', '0, 0, 238', '0, 0, 159', '109, 109, 109', '96, 0, 0'];
const system = new Set(channels.map((c) => `rgb(${c})`));
return [...root.querySelectorAll('button, a, p, h2, h3, .by, .st, textarea')]
  .filter((e) => e.checkVisibility() && !system.has(getComputedStyle(e).color))
  .map((e) => e.className + e.textContent + getComputedStyle(e).color);
"""

GEOMETRY = """
const seen = [], bad = [];
const inside = (b) => b.left >= -0.5 && b.top >= -0.5
  && b.right <= innerWidth + 0.5 && b.bottom <= innerHeight + 0.5;
const top = (x, y) => root.elementFromPoint(x, y);
for (const control of root.querySelectorAll('button, a[href], textarea, summary')) {
  if (!control.checkVisibility({ visibilityProperty: true })) continue;
  if (control.closest('.menu, .log')) control.scrollIntoView({ block: 'nearest' });
  const box = control.getBoundingClientRect();
  const name = control.getAttribute('aria-label') || control.textContent;
  const inText = control.matches('p a, li a, summary');
  const scrolls = control.closest('.log, .menu');
  const view = scrolls ? scrolls.getBoundingClientRect() : null;
  const least = inText ? 23.5 : 43.5;
  seen.push(name);
  const narrow = !inText && box.width < least;
  if (box.height < least || narrow) bad.push(`${name} is ${box.width} x ${box.height}`);
  if (control.localName !== 'textarea' && control.scrollWidth > control.clientWidth + 1 && !inText)
    bad.push(name + ' has words that do not fit');
  if (view && view.height < box.height) {
    if (view.height < 24) bad.push(name + ' has no room');
    continue;
  }
  if (!inside(box)) bad.push(name + ' is out of view: ' + JSON.stringify(box));
  const at = top(box.left + box.width / 2, box.top + box.height / 2);
  if (at !== control && !control.contains(at)) bad.push(`${name} is covered by ${at && at.className}`);
}
if (document.documentElement.scrollWidth > innerWidth) bad.push('the page scrolls sideways');
for (const part of root.querySelectorAll('.log, dialog, .menu'))
  if (part.scrollWidth > part.clientWidth + 1) bad.push(part.className + ' scrolls sideways');
return seen.length ? bad : ['no control was seen'];
"""

# The emergency link can be seen and pressed where it is.
NUMBER = """
const link = root.querySelector('nav a'), box = link.getBoundingClientRect();
const at = root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
return link.href === 'tel:911' && link.contains(at) && box.top >= 0 && box.bottom <= innerHeight;
"""


@dataclass
class Visit:
    """What was found wrong: by axe, with forced colours, in the geometry; where the number was missing."""

    axe: list[str] = field(default_factory=list)
    forced: list[str] = field(default_factory=list)
    geometry: list[str] = field(default_factory=list)
    no_number: list[str] = field(default_factory=list)


def visit(page: Page, gateway: Gateway, state: str, lang: str) -> Visit:
    """Reach the state on the page that is open, and look."""
    person, found = Person(page), Visit()
    STATES[state](person, gateway, lang)
    for name, media in SCHEMES.items():
        page.emulate_media(**(PLAIN | media))
        # Axe reads -webkit-text-fill-color, which forced colours leave as it was: FORCED looks there.
        beside = barriers(page, forced=name == "forced", most=name.startswith("more"))
        found.axe += [f"{name}: {barrier}" for barrier in beside]
    found.forced = person.eval(FORCED)
    for width, height, percent in SIZES:
        where = f"{width} x {height}, text {percent} %"
        page.set_viewport_size({"width": width, "height": height})
        person.eval("root.querySelector('dialog').style.setProperty('--sz', arg)", percent / 100)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
        if not person.eval(NUMBER):
            found.no_number.append(where)
        found.geometry += [f"{where}: {bad}" for bad in person.eval(GEOMETRY)]
    return found
