"""The directory of therapists and the requests to them: looked at, edited, answered for the therapist."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from bot import handoff, mail, matching, requests
from bot.console.door import Call
from bot.content import LANGS, Library
from bot.errors import BadInput, NotFound
from bot.matching.entry import Goal, Identity, Mode, Payment, Time
from bot.seeking import QUESTIONNAIRE

# Fields of an entry, the question with their words, and what they may hold; nothing: what is asked.
_FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "goals": ("goals", get_args(Goal)),
    "modes": ("mode", get_args(Mode)),
    "times": ("times", get_args(Time)),
    "payment": ("pay", get_args(Payment)),
    "plans": ("plan", ()),
    "identity": ("prefer", get_args(Identity)),
}


class Edited(msgspec.Struct, forbid_unknown_fields=True):
    """One entry as it shall be, in the fields of an import."""

    entry: dict[str, Any]


class Decided(msgspec.Struct, forbid_unknown_fields=True):
    """What the therapist said to a request."""

    state: Literal["taken", "declined"]


def entries(call: Call) -> dict[str, Any]:
    """Every entry; `sample` while none is loaded and the made-up ones are shown to people.

    `choices`: what a field may hold, with the words of the questionnaire in each language.
    """
    held = matching.held(call.session, call.kit.directory)
    return {
        "sample": held.sample,
        "entries": [msgspec.to_builtins(entry) for entry in held.entries],
        "choices": _choices(call.kit.library),
    }


def _choices(library: Library) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for name, (step, allowed) in _FIELDS.items():
        words: dict[str, dict[str, str]] = {}
        for lang in LANGS:
            asked = library.guides[QUESTIONNAIRE, lang].step(step)
            for option in asked.options if asked else ():
                if option.id in allowed or (not allowed and not option.alone):
                    words.setdefault(option.id, {"id": option.id})[lang] = option.label
        found[name] = list(words.values())
    return found


def edit(call: Call, body: Edited) -> None:
    """Put one entry in its place. Raises BadInput with the rule that it breaks."""
    found, faults = matching.checked([(1, body.entry)])
    if faults:
        raise BadInput("; ".join(f"{fault.field}: {fault.message}".lstrip(": ") for fault in faults))
    matching.replace(call.session, found, call.at, call.counsellor.id, keep_others=True)
    handoff.log(call.session, call.counsellor.id, "directory.edit", found[0].id[:36], call.at)


def remove(call: Call) -> None:
    """Take one entry out. Raises NotFound."""
    kept = [entry for entry in matching.stored(call.session) if entry.id != call.path["entry"]]
    *_, gone = matching.replace(call.session, kept, call.at, call.counsellor.id)
    if not gone:
        raise NotFound("no such entry; the made-up ones go when a directory is imported")
    handoff.log(call.session, call.counsellor.id, "directory.remove", call.path["entry"][:36], call.at)


def waiting(call: Call) -> list[dict[str, Any]]:
    """Requests that nobody has answered, with the letter that the person agreed to; logged."""
    held = matching.held(call.session, call.kit.directory)
    rows = requests.waiting(call.session)
    for row in rows:
        handoff.log(call.session, call.counsellor.id, "request.read", row.conversation_id, call.at)
    return [
        {
            "id": row.id,
            "at": row.asked_at.isoformat(),
            "to": entry.name if (entry := held.find(row.entry_id)) else row.entry_id,
            "send_to": entry.send_to if entry else "",
            "mail": mail.state(call.session, row),
            "letter": row.letter,
        }
        for row in rows
    ]


def decide(call: Call, body: Decided) -> None:
    """Note what the therapist said; the person is told at once. Raises NotFound or Conflict."""
    request = requests.find(call.session, call.path["request"])
    entry = matching.held(call.session, call.kit.directory).find(request.entry_id)
    voice = call.kit.voice(request.conversation, call.at)
    name = entry.name if entry else request.entry_id
    requests.decide(call.session, request, body.state, name, voice)
    handoff.log(call.session, call.counsellor.id, f"request.{body.state}", request.conversation_id, call.at)
