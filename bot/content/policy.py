"""The words of the public page on safety (`content/policy`), and the page made of them."""

from __future__ import annotations

import html
from collections.abc import Iterable

from bot.content.load import Library
from bot.content.render import Voice
from bot.content.schema import Figures, Guide, Lang, Policy

# The order in which protocols are listed: as the families of the clinical notes.
_LISTED = ("S", "O", "M", "W", "K")
_LANGUAGES: dict[Lang, str] = {"en": "English", "es": "Español"}


def page(library: Library, voice: Voice) -> str:
    """The whole page as HTML: what happens in danger, limits, protocols, numbers, figures, contact."""
    words = library.policy.get(voice.lang)
    if words is None:
        return _document(voice.lang, "Lantern", _paragraphs(voice.card().text))
    sections = "".join(
        f"<h2>{_safe(section.title)}</h2>{_paragraphs(voice.fill(section.text))}"
        + (_protocols(library, voice.lang) if section.id == "protocols" else "")
        + (_numbers(library, voice.lang) if section.id == "numbers" else "")
        + (_figures(library, words) if section.id == "figures" else "")
        for section in words.sections
    )
    link = f'<p><a href="/safety/">{_safe(words.device)}</a></p>'
    return _document(voice.lang, words.title, sections + link)


def _document(lang: Lang, title: str, body: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    return (
        f'<!doctype html><html lang="{lang}"><head>{head}<title>{_safe(title)}</title></head>'
        f"<body><main><h1>{_safe(title)}</h1>{body}</main></body></html>"
    )


def _protocols(library: Library, lang: Lang) -> str:
    guides = [guide for (_, spoken), guide in library.guides.items() if spoken == lang and guide.level]
    rows = "".join(
        f"<tr><td>{guide.id}</td><td>{guide.level}</td><td>{_safe(guide.title)}</td>"
        f"<td>{_safe(guide.reviewed_by)}</td><td>{guide.version}</td></tr>"
        for guide in sorted(guides, key=_order)
    )
    return f"<table>{rows}</table>"


def _order(guide: Guide) -> tuple[int, str]:
    return _LISTED.index(guide.id[0]) if guide.id[0] in _LISTED else len(_LISTED), guide.id


def _numbers(library: Library, lang: Lang) -> str:
    rows = "".join(
        f"<tr><td>{_safe(country.names[lang])}</td><td>{_safe(line.name)}</td><td>{_safe(line.say[lang])}</td>"
        f"<td>{line.status}</td><td>{line.verified_on or line.seen_on or ''}</td></tr>"
        for _, country in sorted(library.countries.items())
        for line in country.lines
        if line.status != "unverified"
    )
    return f"<table>{rows}</table>"


def _figures(library: Library, words: Policy) -> str:
    return "".join(_table(figures, words) for figures in library.figures)


def _table(figures: Figures, words: Policy) -> str:
    rows = "".join(
        f"<tr><td>{_safe(words.groups[row.group])}</td><td>{_LANGUAGES[row.lang]}</td>"
        f"<td>{row.found} / {row.of}</td><td>{row.found / row.of:.1%}</td></tr>"
        for row in figures.rows
    )
    return f"<table><caption>{figures.measured_on}</caption>{rows}</table>"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_safe(part)}</p>" for part in _parts(text))


def _parts(text: str) -> Iterable[str]:
    return (part.strip() for part in text.split("\n\n") if part.strip())


def _safe(text: str) -> str:
    return html.escape(text)
