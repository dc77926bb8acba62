"""The shape of every content file: passages, guides, phrases (that of help is in `helplines`).

Files are YAML (or Markdown with YAML front matter) and are decoded strictly: an unknown or
misspelled field is an error with file and line (see `load`).
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

Lang = Literal["en", "es"]
LANGS: tuple[Lang, ...] = ("en", "es")
Level = Literal["P0", "P1", "P2", "P3"]
Status = Literal["unverified", "seen", "verified"]
Confidence = Literal["H", "M", "L"]


def known_lang(code: str | None) -> Lang:
    """The nearest language we have content in; English when there is none."""
    short = (code or "en").lower()[:2]
    return "es" if short == "es" else "en"


class Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Base of all content values: immutable, no unknown fields."""


# -- passages ---------------------------------------------------------------------------------


class Source(Strict, frozen=True, kw_only=True):
    """Where a fact was read. `confidence` H: official or primary page; M: one secondary page."""

    title: str
    url: str
    seen_on: dt.date
    confidence: Confidence = "M"


class Claim(Strict, frozen=True, kw_only=True):
    """A numbered claim of the article's audit that this passage answers for, and what changed."""

    number: int
    verdict: Literal["OK", "OLD", "BAD", "GAP"]
    change: str


class Passage(Strict, frozen=True, kw_only=True):
    """One reviewed text in one language. Bodies are filled in by the loader from the Markdown."""

    id: str
    group: str
    lang: Lang
    title: str
    label: str
    status: Status = "seen"
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    protocol: str | None = None
    boundary: str | None = None
    follow_ups: tuple[str, ...] = ()
    sms: str
    reviewed_by: str = "pending"
    reviewed_on: dt.date | None = None
    review_due: dt.date
    body: str = ""
    family: str = ""
    professional: str = ""
    version: str = ""
    path: str = ""


# -- guides: protocols and questionnaires -------------------------------------------------------


class Option(Strict, frozen=True, kw_only=True):
    """One answer to a step. `like` are further words people use for it (lower case).

    `alone`: rules out the others ("none of these"). `points` count for `When.at_least`.
    `numbers`: a number from the first to the second means this answer (an age). `wins`: decides,
    whatever else is said beside it ("he stopped breathing"). `here` are words that mean this only
    as an answer to this very question ("free", "day"), never in passing.
    """

    id: str
    label: str = ""
    like: tuple[str, ...] = ()
    here: tuple[str, ...] = ()
    next: str | None = None
    red_flag: str | None = None
    hidden: bool = False
    alone: bool = False
    points: int = 0
    numbers: tuple[int, int] | None = None
    wins: bool = False


class Silence(Strict, frozen=True, kw_only=True):
    """What to do when nobody answers for `after` seconds."""

    after: int
    next: str


class When(Strict, frozen=True, kw_only=True):
    """The step is asked only if the answer given at `step` holds any of `any`, none of `none`.

    `at_least`: only if the answers at `step` and at the steps of `plus` have so many points in sum.
    """

    step: str
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    plus: tuple[str, ...] = ()
    at_least: int = 0


class Step(Strict, frozen=True, kw_only=True):
    """One question or statement of a guide.

    `say` has two or more wordings, taken in turn. `next` is where any answer leads unless an
    option says otherwise; `other` is where an answer that fits no option leads (default: ask
    again in other words). A `next` of the form `code/step` goes on in another protocol.

    In a questionnaire: `short` names the step where answers are looked over, `ahead` lets it be
    answered by a sentence before its turn, `binding` takes no yes that a question or a condition
    stands beside, `part` counts it with the question before it, `forget`
    wipes all answers, kind `review` shows them.
    `choices` (action and label) are offered beside the options.
    """

    id: str
    say: tuple[str, ...]
    why: str = ""
    kind: Literal["one", "many", "place", "address", "none", "review"] = "one"
    short: str = ""
    ahead: bool = False
    binding: bool = False
    part: bool = False
    forget: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    options: tuple[Option, ...] = ()
    next: str | None = None
    other: str | None = None
    silence: Silence | None = None
    required: bool = False
    most: int | None = None
    when: tuple[When, ...] = ()
    level: Level | None = None
    safe: bool = False
    ends: bool = False


class Guide(Strict, frozen=True, kw_only=True):
    """A crisis protocol or a questionnaire: steps in order, the first one or `start` begins.

    `anytime` are hidden options of every step; a step's own option of that name keeps its way and
    gains their words. `quick_exit`: on a website each question offers to leave the page at once.
    """

    id: str
    kind: Literal["protocol", "questionnaire"]
    lang: Lang
    title: str
    level: Level | None = None
    family: str = ""
    start: dict[Level, str] = {}
    barriers: bool = True
    quick_exit: bool = False
    anytime: tuple[Option, ...] = ()
    steps: tuple[Step, ...]
    sources: tuple[Source, ...] = ()
    reviewed_by: str = "pending"
    reviewed_on: dt.date | None = None
    review_due: dt.date
    version: str = ""
    path: str = ""

    def step(self, step_id: str) -> Step | None:
        """The step with this id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)


# -- the public page on safety ------------------------------------------------------------------


class Section(Strict, frozen=True, kw_only=True):
    """One part of the page; `protocols` and `numbers` are followed by their tables."""

    id: str
    title: str
    text: str


class Policy(Strict, frozen=True, kw_only=True):
    """The words of the public page on safety (`content/policy`).

    `device` names the page on privacy, `groups` the kinds of messages that `Figures` counts.
    """

    lang: Lang
    title: str
    device: str
    sections: tuple[Section, ...]
    groups: dict[str, str]
    reviewed_by: str = "pending"
    version: str = ""
    path: str = ""


class Figure(Strict, frozen=True):
    """How many messages of a group were noticed, of how many written in a language."""

    group: str
    lang: Lang
    found: int
    of: int


class Figures(Strict, frozen=True):
    """What the screen was last measured to find (docs/safety.md says how)."""

    measured_on: dt.date
    rows: tuple[Figure, ...]
    version: str = ""
    path: str = ""


# -- letters to therapists ----------------------------------------------------------------------


class Letter(Strict, frozen=True, kw_only=True):
    """An e-mail; its placeholders are `name`, `number`, `letter` and `link`."""

    subject: str
    text: str


class Letters(Strict, frozen=True, kw_only=True):
    """What a therapist gets by e-mail, and the words of the page on which they answer."""

    lang: Lang
    request: Letter
    withdrawn: Letter
    page: dict[str, str]
    reviewed_by: str = "pending"
    version: str = ""
    path: str = ""


# -- phrases ------------------------------------------------------------------------------------


class Phrase(Strict, frozen=True, kw_only=True):
    """Every other sentence a person can receive: two wordings at least, and its choices.

    `choices` are names of actions that the turn knows (see design: a choice stores its effect),
    with their label: `passage:abscess`, `verb:human`, `verb:therapist`, `verb:menu`.
    """

    say: tuple[str, ...]
    choices: dict[str, str] = {}


class Phrases(Strict, frozen=True, kw_only=True):
    """All phrases of one language, and the words people use for standard answers."""

    lang: Lang
    phrases: dict[str, Phrase]
    answers: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    version: str = ""
    path: str = ""


class Commands(Strict, frozen=True, kw_only=True):
    """Words that are commands on messaging channels, in one language. See content/commands/en.yml."""

    lang: Lang
    stop: tuple[str, ...]
    weak: tuple[str, ...]
    acts: tuple[str, ...]
    things: tuple[str, ...]
    polite: tuple[str, ...]
    start: tuple[str, ...]
    help: tuple[str, ...]
    join: tuple[str, ...]
    version: str = ""
    path: str = ""
