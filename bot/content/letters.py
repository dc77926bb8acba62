"""Letters to therapists (`content/letters`) and the page on which they answer. Pure."""

from __future__ import annotations

import html

from bot.content.render import Voice
from bot.content.schema import Lang, Letters

# Answers of a therapist, as the page's buttons send them.
ANSWERS = ("taken", "declined")
_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}"
    "button{font:inherit;padding:.7rem 1.2rem;margin:0 .8rem .8rem 0;min-height:44px}"
)


def words(voice: Voice) -> Letters | None:
    """The letters in the language of a voice, else in English; None where there are none."""
    letters = voice.library.letters
    return letters.get(voice.lang) or letters.get("en")


def asking(letters: Letters, number: str, name: str) -> str:
    """The page that asks a therapist for an answer: two buttons, nothing about the person."""
    ask = letters.page["ask"].format(number=number, name=name)
    buttons = "".join(
        f'<button name="state" value="{answer}">{_safe(letters.page[answer])}</button>' for answer in ANSWERS
    )
    return _document(
        letters.lang, letters.page["title"], f'<p>{_safe(ask)}</p><form method="post">{buttons}</form>'
    )


def told(letters: Letters, what: str) -> str:
    """The page with one sentence: `thanks` or `over`."""
    return _document(letters.lang, letters.page["title"], f"<p>{_safe(letters.page[what])}</p>")


def _document(lang: Lang, title: str, body: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    return (
        f'<!doctype html><html lang="{lang}"><head>{head}<meta name="robots" content="noindex">'
        f"<title>{_safe(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{_safe(title)}</h1>{body}</main></body></html>"
    )


def _safe(text: str) -> str:
    return html.escape(text)
