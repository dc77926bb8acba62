"""One renderer: content and placeholders in, a `Reply` out. The only place where words are put together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from string import Formatter
from typing import Any

from bot.content import helplines
from bot.content.load import Library
from bot.content.schema import Lang, Passage, Step
from bot.messages import Author, Effect, Offer, Progress, Reply, SourceLine


@dataclass(frozen=True)
class Voice:
    """For whom and when something is said: it decides language, numbers, variant and wording."""

    library: Library
    lang: Lang
    country: str | None
    at: dt.datetime
    who: str = ""

    def fill(self, text: str, **values: Any) -> str:
        """`text` with its placeholders; an unknown placeholder is left out rather than shown."""
        known = helplines.numbers(self.library.countries, self.country, self.lang, self.at)
        return _Lenient().vformat(text, (), known | values)

    def brief(self, text: str) -> str:
        """`text` with its placeholders in few letters."""
        return self.fill(text, **helplines.in_short(self.library.countries, self.country, self.lang))

    def label(self, name: str) -> str:
        """A short label such as "Yes" or "Source"."""
        spoken = self.library.phrases.get(self.lang)
        return spoken.labels.get(name, name) if spoken else name

    def phrase(self, name: str, /, turn: int = 0, author: Author = "bot", **values: Any) -> Reply:
        """A phrase in its wording number `turn`; an unknown phrase becomes the emergency card."""
        spoken = self.library.phrases.get(self.lang)
        phrase = spoken.phrases.get(name) if spoken else None
        if spoken is None or phrase is None:
            return self.card()
        said = self.fill(phrase.say[turn % len(phrase.say)], **values)
        offers = tuple(Offer(label, _effect(action)) for action, label in phrase.choices.items())
        content, version = f"phrases/{name}", spoken.version
        return Reply(
            text=said, author=author, lang=self.lang, content=content, version=version, offers=offers
        )

    def card(self) -> Reply:
        """The emergency card: numbers first, needs nothing but memory."""
        spoken = self.library.phrases.get(self.lang)
        phrase = spoken.phrases.get("emergency_card") if spoken else None
        text = phrase.say[0] if phrase else _CARD[self.lang]
        return Reply(text=self.fill(text), author="safety", lang=self.lang, content="phrases/emergency_card")

    def passage(self, name: str) -> Reply | None:
        """A passage with sources and follow-ups; None if it does not exist or may not be shown."""
        passage = self.library.passages.get((name, self.lang))
        if passage is None or passage.status == "unverified" or not passage.sources:
            return None
        body = {"family": passage.family, "professional": passage.professional}.get(self.who)
        return Reply(
            text=self.fill(body or passage.body),
            short=self.brief(passage.sms),
            lang=self.lang,
            title=passage.title,
            passage=passage.id,
            content=f"passages/{passage.group}/{passage.id}",
            version=passage.version,
            sources=tuple(SourceLine(source.title, source.url) for source in passage.sources),
            offers=self._follow_ups(passage),
            reviewed=self._review(passage),
            feedback=True,
        )

    def step(
        self, step: Step, turn: int, *, protocol: bool, progress: Progress | None = None, **values: str
    ) -> Reply:
        """A step of a guide in its wording number `turn`, with its shown options as choices."""
        offers = tuple(
            Offer(option.label or self.label(option.id), Effect("answer", f"{step.id}/{option.id}"))
            for option in step.options
            if not option.hidden
        )
        offers += tuple(Offer(label, _effect(action)) for action, label in step.choices)
        said = self.fill(step.say[turn % len(step.say)], **values)
        author: Author = "safety" if protocol else "bot"
        return Reply(text=said, author=author, lang=self.lang, offers=offers, progress=progress)

    def topic(self, name: str) -> Offer | None:
        """A choice that shows the passage `name`."""
        passage = self.library.passages.get((name, self.lang))
        return Offer(passage.label, Effect("passage", name)) if passage else None

    def _follow_ups(self, passage: Passage) -> tuple[Offer, ...]:
        return tuple(offer for name in passage.follow_ups if (offer := self.topic(name)))

    def _review(self, passage: Passage) -> dict[str, str]:
        """What is said about the review: pending, or signed, and its date if it is overdue."""
        review = {"by": passage.reviewed_by, "due": passage.review_due.isoformat()}
        if passage.reviewed_on:
            review["on"] = passage.reviewed_on.isoformat()
        if passage.review_due < self.at.date():
            review["overdue"] = passage.review_due.isoformat()
        return review


def plain(reply: Reply, voice: Voice, *, short: bool = False) -> str:
    """A reply as plain text, for channels without rich display: title, text, review, source lines."""
    lines = [reply.short] if short and reply.short else [reply.title, reply.text]
    if reply.sources:
        # One source on a channel that is short of room; the passage itself names them all.
        shown = reply.sources[:1] if short else reply.sources
        names = "; ".join(f"{source.title} ({source.url})" for source in shown)
        lines.append(f"{voice.label('source')}: {names}")
    if reply.reviewed and (overdue := reply.reviewed.get("overdue")):
        lines.append(voice.phrase("overdue", date=overdue).text)
    elif reply.reviewed and reply.reviewed["by"] == "pending":
        lines.append(voice.phrase("review_pending").text)
    return "\n\n".join(line for line in lines if line)


class _Lenient(Formatter):
    """Leaves out what it does not know: a person must never see a brace."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key, "")


def _effect(action: str) -> Effect:
    kind, _, value = action.partition(":")
    return Effect("passage" if kind == "passage" else "verb", value)


_CARD: dict[Lang, str] = {
    "en": "In danger, call {emergency}. To talk to someone, {crisis}. I am an automated program.",
    "es": "Si hay peligro, llama a {emergency}. Para hablar con alguien, {crisis}. Soy un programa.",
}
