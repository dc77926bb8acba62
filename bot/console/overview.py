"""The overview: how much, of what, how fast; numbers by day and language, never a text or a person."""

from __future__ import annotations

import csv
import datetime as dt
import io
import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.door import Call
from bot.content import Library
from bot.errors import BadInput
from bot.models import Callback, Conversation, Feedback, Handoff, Message, Unanswered

MOST_DAYS = 366
_USUAL_DAYS = 30
# Routes of a turn that gave the person an answer.
_ANSWERS = ("answer", "boundary", "match")
Row = tuple[str, str, str, str]
Tally = Counter[Row]


def show(call: Call) -> dict[str, Any]:
    """Counts as rows [day, language, measure, detail, number], and waits by risk.

    Days are in UTC, the newest one is not over. The page adds the rows up as it needs them.
    """
    since = _since(call)
    days = [(since + dt.timedelta(days=n)).date().isoformat() for n in range((call.at - since).days + 1)]
    tally = _tally(call.session, since)
    topics = {detail for _, _, measure, detail in tally if measure == "topics"}
    return {
        "days": days,
        "rows": [[*row, number] for row, number in sorted(tally.items())],
        "topics": _labels(call.kit.library, topics),
        "waits": waits(call.session, since),
    }


def download(call: Call) -> Response:
    """The same numbers for a spreadsheet."""
    since = _since(call)
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["day", "language", "measure", "detail", "number"])
    sheet.writerows([*row, number] for row, number in sorted(_tally(call.session, since).items()))
    for one in waits(call.session, since):
        for measure in ("median_seconds", "p90_seconds", "claimed", "asked"):
            sheet.writerow(["", one["language"], f"first_human_{measure}", one["level"], one[measure]])
    name = f"lantern-{since:%Y-%m-%d}-{call.at:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(out.getvalue(), 200, headers, media_type="text/csv; charset=utf-8")


def waits(session: Session, since: dt.datetime) -> list[dict[str, Any]]:
    """Time from request to the first human, by level and language ("" is both); None where nobody came."""
    query = select(Handoff.level, Handoff.language, Handoff.requested_at, Handoff.claimed_at)
    asked: Counter[tuple[str, str]] = Counter()
    seconds: dict[tuple[str, str], list[float]] = {}
    for level, language, requested, claimed in session.execute(query.where(Handoff.requested_at >= since)):
        for key in ((level, language), (level, "")):
            asked[key] += 1
            if claimed:
                seconds.setdefault(key, []).append((claimed - requested).total_seconds())
    return [
        _wait(level, language, number, seconds.get((level, language), []))
        for (level, language), number in sorted(asked.items())
    ]


def _wait(level: str, language: str, asked: int, seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds)
    return {
        "level": level,
        "language": language,
        "asked": asked,
        "claimed": len(ordered),
        "median_seconds": round(statistics.median(ordered)) if ordered else None,
        "p90_seconds": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]) if ordered else None,
    }


def _labels(library: Library, topics: Collection[str]) -> dict[str, dict[str, str]]:
    """What these topics are called, by language: a colleague reads words, not the names of files."""
    labels: dict[str, dict[str, str]] = {}
    for (topic, lang), passage in library.passages.items():
        if topic in topics:
            labels.setdefault(topic, {})[lang] = passage.label
    return labels


def _tally(session: Session, since: dt.datetime) -> Tally:
    tally: Tally = Counter()
    for part in (_conversations, _turns, _topics, _thumbs, _unanswered, _handoffs, _callbacks):
        tally.update(part(session, since))
    return tally


def _conversations(session: Session, since: dt.datetime) -> Iterable[Row]:
    query = select(Conversation.created_at, Conversation.language, Conversation.channel)
    for at, language, channel in session.execute(query.where(Conversation.created_at >= since)):
        yield _day(at), language, "conversations", channel


def _turns(session: Session, since: dt.datetime) -> Iterator[Row]:
    """What became of each message, and danger: one count a conversation, day and level."""
    columns = (Message.created_at, Message.language, Message.route, Message.level, Message.conversation_id)
    query = select(*columns).where(Message.direction == "in", Message.created_at >= since)
    danger = set()
    for at, language, route, level, conversation in session.execute(query):
        yield _day(at), language, "messages", route or "open"
        if route in _ANSWERS:
            yield _day(at), language, "answers", route
        if level:
            danger.add((_day(at), language, level, conversation))
    for day, language, level, _ in danger:
        yield day, language, "crisis", level


def _topics(session: Session, since: dt.datetime) -> Iterator[Row]:
    shown = Message.content.startswith("passages/")
    query = select(Message.created_at, Message.language, Message.content)
    for at, language, name in session.execute(query.where(shown, Message.created_at >= since)):
        yield _day(at), language, "topics", str(name).rpartition("/")[2]


def _thumbs(session: Session, since: dt.datetime) -> Iterator[Row]:
    query = select(Feedback.at, Feedback.language, Feedback.thumb).where(Feedback.at >= since)
    for at, language, thumb in session.execute(query):
        yield _day(at), language, "thumbs", thumb


def _unanswered(session: Session, since: dt.datetime) -> Iterator[Row]:
    query = select(Unanswered.at, Unanswered.language).where(Unanswered.at >= since)
    for at, language in session.execute(query):
        yield _day(at), language, "unanswered", ""


def _handoffs(session: Session, since: dt.datetime) -> Iterator[Row]:
    columns = (Handoff.requested_at, Handoff.language, Handoff.reason, Handoff.end_reason)
    query = select(*columns).where(Handoff.requested_at >= since)
    for at, language, reason, ended in session.execute(query):
        yield _day(at), language, "handoffs", reason
        yield _day(at), language, "ended", ended or "open"


def _callbacks(session: Session, since: dt.datetime) -> Iterator[Row]:
    query = select(Callback.asked_at, Conversation.language, Callback.done_at).join(Callback.conversation)
    for at, language, done in session.execute(query.where(Callback.asked_at >= since)):
        yield _day(at), language, "callbacks", "done" if done else "open"


def _since(call: Call) -> dt.datetime:
    days = call.query.get("days", str(_USUAL_DAYS))
    if not (days.isascii() and days.isdecimal()) or len(days) > 3 or not 1 <= int(days) <= MOST_DAYS:
        raise BadInput(f'"days" is a whole number from 1 to {MOST_DAYS}')
    first = call.at.astimezone(dt.UTC) - dt.timedelta(days=int(days) - 1)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


def _day(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).date().isoformat()
