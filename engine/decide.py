"""From probabilities to a decision: one intent, or two close topics, or "I do not know that".

Pure: scores in, `Verdict` out. Labels are `learn/<topic>`, `boundary/<request>`, `crisis/<code>` or
a plain intent. The numbers of `Limits` are measured (docs/understanding.md) and set in config.yml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DONT_KNOW = "nlu_fallback"
BETWEEN = "did_you_mean"
OUTSIDE = "out_of_scope"
ANYTHING = 0.02
"""What a clause may speak of though the whole message shows no sign of it."""

Score = tuple[str, float]


@dataclass(frozen=True)
class Limits:
    """Thresholds on probabilities.

    `sure`: below it nothing is claimed. `close`: two topics nearer than this to each other, with the
    first below `certain`, are offered as a choice. `clause`: a clause counts from here on as a topic
    of its own; `in_context`: and from here on when weighed by the scores of the whole message.
    `second`: a topic that the whole message holds so likely is answered too. `refuse`: a request to
    decline is declined from here on, even under a topic. `context`: how much the last topic gains
    when a short message follows it.
    """

    sure: float = 0.27
    close: float = 0.06
    certain: float = 0.4
    clause: float = 0.65
    in_context: float = 0.5
    second: float = 0.3
    refuse: float = 0.4
    context: float = 2.0


@dataclass(frozen=True)
class Verdict:
    """What a message was understood as. `topics`: at most two, in the order they were asked."""

    name: str
    confidence: float
    topics: tuple[str, ...]
    near: tuple[str, ...]
    ranking: tuple[Score, ...]
    crisis: Score | None

    def as_dict(self) -> dict[str, Any]:
        """The `understood` of the channel's answer."""
        crisis = self.crisis and {"code": key(self.crisis[0]), "confidence": _round(self.crisis[1])}
        return {
            "intent": self.name,
            "confidence": _round(self.confidence),
            "topics": list(self.topics),
            "near": list(self.near),
            "ranking": [{"name": n, "confidence": _round(c)} for n, c in self.ranking],
            "crisis": crisis,
        }


def _round(value: float) -> float:
    return round(float(value), 4)


def family(label: str) -> str:
    """`learn` of `learn/abscess`; a plain intent is its own family."""
    return label.partition("/")[0]


def key(label: str) -> str:
    """`abscess` of `learn/abscess`; empty for a plain intent."""
    return label.partition("/")[2]


def of(ranking: Sequence[Score], name: str) -> list[Score]:
    """The scores of one family, in the order of the ranking."""
    return [score for score in ranking if family(score[0]) == name]


def decide(ranking: Sequence[Score], parts: Sequence[Sequence[Score]], limits: Limits) -> Verdict:
    """The verdict on a message from its own ranking and the rankings of its clauses, best first."""
    name, confidence = _intent(ranking, limits)
    topics = _topics(name, ranking, parts, limits)
    crisis = of(ranking, "crisis")
    return Verdict(
        name=name,
        confidence=confidence,
        topics=topics,
        near=tuple(key(label) for label, _ in of(ranking, "learn")[:3]),
        ranking=tuple(ranking[:5]),
        crisis=_worst(crisis[:1], parts),
    )


def _intent(ranking: Sequence[Score], limits: Limits) -> Score:
    first, second = ranking[0], ranking[1] if len(ranking) > 1 else ("", 0.0)
    declined = of(ranking, "boundary")[:1]
    if declined and declined[0][1] >= limits.refuse and family(first[0]) == "learn":
        return declined[0]
    if first[1] < limits.sure:
        return _unsure(first, second, limits)
    if first[0] == OUTSIDE:
        return first
    return _unsure(first, second, limits) if _is_close(first, second, limits) else first


def _is_close(first: Score, second: Score, limits: Limits) -> bool:
    both = family(first[0]) == family(second[0]) == "learn"
    return both and first[1] < limits.certain and first[1] - second[1] < limits.close


def _unsure(first: Score, second: Score, limits: Limits) -> Score:
    if _is_close(first, second, limits) and first[1] + second[1] >= limits.sure:
        return BETWEEN, first[1]
    return DONT_KNOW, first[1]


def _topics(
    name: str, ranking: Sequence[Score], parts: Sequence[Sequence[Score]], limits: Limits
) -> tuple[str, ...]:
    asked = [_asked(part, dict(ranking), limits) for part in parts if part]
    found = list(dict.fromkeys(key(label) for label in asked if label))
    if family(name) == "learn" and key(name) not in found[:2]:
        found = [key(name), *found]
    if len(found) == 1:
        found += [key(label) for label, score in of(ranking, "learn")[:2] if score >= limits.second]
        found = list(dict.fromkeys(found))
    if not found and family(name) in ("boundary", "crisis"):
        found = [key(label) for label, _ in of(ranking, "learn")[:1]]
    return tuple(found[:2])


def _asked(part: Sequence[Score], whole: Mapping[str, float], limits: Limits) -> str:
    """The topic that a clause asks for, by itself or as part of its message; empty when unsure.

    "And how should I dress them?" says little alone: what the whole message speaks of is weighed in.
    """
    label, score = part[0]
    if score < limits.clause or family(label) != "learn":
        weighed = [(name, share * (whole.get(name, 0.0) + ANYTHING)) for name, share in part]
        label, best = max(weighed, key=lambda pair: pair[1])
        score = best / sum(share for _, share in weighed)
        if score < limits.in_context:
            return ""
    return label if family(label) == "learn" else ""


def _worst(whole: Sequence[Score], parts: Sequence[Sequence[Score]]) -> Score | None:
    found = [*whole, *(score for part in parts for score in of(part, "crisis")[:1])]
    return max(found, key=lambda score: score[1], default=None)
