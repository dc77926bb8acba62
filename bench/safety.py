"""How much danger is noticed and how often talk is mistaken for it, beside two rivals in one run.

The messages are those of tests/safety, which nothing is trained on. Rivals: a list of the twenty usual
keywords a language, and Rasa's crisis intents alone. `make bench-safety` prints the table and writes
bench/results/safety.json and the chart of docs/safety.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bench import asking, measure
from bot import safety
from bot.cli import dry
from bot.cli.processes import ROOT
from bot.safety.screening import RASA_UNSURE
from bot.stage import Kit

sys.path.insert(0, str(ROOT / "tests"))
from sentences import Message, messages

CHART = ROOT / "docs" / "images" / "safety.svg"
KEYWORDS = {
    "en": (
        "suicide, suicidal, kill myself, want to die, end my life, end it all, self harm, cut myself, "
        "overdose, overdosed, not breathing, unconscious, blue lips, seizure, chest pain, sepsis, "
        "bleeding, abuse, poison, emergency"
    ),
    "es": (
        "suicidio, suicida, matarme, quiero morir, quitarme la vida, acabar con todo, autolesión, "
        "cortarme, sobredosis, no respira, inconsciente, labios azules, convulsión, dolor de pecho, "
        "sepsis, sangrado, abuso, veneno, emergencia, urgencia"
    ),
}
GROUPS = ("P0", "P1", "P2", "P3", "look-alike", "everyday")
Side = Callable[[Message], tuple[bool, bool]]
"""Whether a message opens a protocol, and whether it is noticed at all (a question counts)."""


def main() -> None:
    """Run all sides on all messages; print, write, draw."""
    held = list(messages())
    with dry.kit() as kit:
        sides: dict[str, Side] = {
            "Lantern": _screen,
            "keywords": _keywords,
            "Rasa's intents": lambda message: _intents(kit, message),
        }
        figures = {name: _figures(side, held) for name, side in sides.items()}
    for lang in ("en", "es"):
        print(f"\n{lang:12}" + "".join(f"{group:>24}" for group in GROUPS))
        for name, rows in figures.items():
            print(f"{name:14}" + "".join(f"{_cell(rows[f'{lang} {group}']):>24}" for group in GROUPS))
    print("\neach cell: protocol opened / noticed at all, of how many")
    CHART.write_text(_chart(figures), encoding="utf-8")
    print(measure.write("safety", figures))


def _screen(message: Message) -> tuple[bool, bool]:
    verdict = safety.screen(message.text)
    return verdict.crisis, verdict.crisis or verdict.check_in


def _keywords(message: Message) -> tuple[bool, bool]:
    text = message.text.casefold()
    found = any(word in text for word in KEYWORDS[message.lang].split(", "))
    return found, found


def _intents(kit: Kit, message: Message) -> tuple[bool, bool]:
    understood = asking.understood(kit, message.text, message.lang)
    found = understood.intent.startswith("crisis/")
    sure = float((understood.crisis or {}).get("confidence", 0))
    return found, found or sure >= RASA_UNSURE


def _figures(side: Side, held: Iterable[Message]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for message in held:
        group = message.level or ("everyday" if message.code == "everyday" else "look-alike")
        row = counts.setdefault(f"{message.lang} {group}", {"opened": 0, "noticed": 0, "of": 0})
        opened, noticed = side(message)
        row["opened"] += opened
        row["noticed"] += noticed
        row["of"] += 1
    return counts


def _cell(row: dict[str, int]) -> str:
    return f"{row['opened'] / row['of']:.1%} / {row['noticed'] / row['of']:.1%} of {row['of']}"


def _chart(figures: dict[str, dict[str, dict[str, int]]]) -> str:
    """Bars of what is noticed, for each side, group and language."""
    colours = dict(zip(figures, ("#24584f", "#b7791f", "#8a8f98"), strict=True))
    bars, at = [], 30
    for lang in ("en", "es"):
        for group in ("P0", "P1", "look-alike"):
            bars.append(f'<text x="8" y="{at + 22}">{lang} {group}</text>')
            for name, rows in figures.items():
                row = rows[f"{lang} {group}"]
                share = row["noticed"] / row["of"]
                width = round(360 * share)
                bars.append(f'<rect x="110" y="{at}" width="{width}" height="10" fill="{colours[name]}"/>')
                bars.append(f'<text x="{116 + width}" y="{at + 9}" class="s">{name} {share:.0%}</text>')
                at += 13
            at += 12
    style = "text{font:13px sans-serif;fill:#222}.s{font-size:10px}"
    title = '<text x="8" y="16">Noticed, of the messages of tests/safety</text>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="{at}" viewBox="0 0 600 {at}">'
    back = f'<rect width="600" height="{at}" fill="#fff"/>'
    return f"{head}<style>{style}</style>{back}{title}{''.join(bars)}</svg>\n"


if __name__ == "__main__":
    Path(CHART).parent.mkdir(exist_ok=True)
    main()
