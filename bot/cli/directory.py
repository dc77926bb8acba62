"""`lantern directory` and `lantern match`: the list of therapists, and why somebody is shown or not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from bot import content, matching, seeking
from bot.cli import staff
from bot.content import LANGS, known_lang, places
from bot.errors import BadInput
from bot.matching import Directory, Entry, Fault
from bot.stage import utc_now

MOST_SHOWN = 50


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    held = verbs.add_parser("directory", help="import, check or export the directory of therapists")
    acts = held.add_subparsers(title="acts", metavar="ACT", required=True)
    for name, what, run in (
        ("import", "put a file in place of the directory; with one bad row nothing is taken", _import),
        ("check", "report every bad row of a file, and change nothing", _check),
    ):
        act = acts.add_parser(name, help=what)
        act.add_argument(
            "file", help="a .csv, .json or .yml file, or a FHIR R4 Bundle (.json or an https address)"
        )
        act.add_argument("--fhir", action="store_true", help="the file is a FHIR Bundle (Plan-Net)")
        act.set_defaults(run=run)
        if name == "import":
            act.add_argument("--keep", action="store_true", help="keep entries that the file does not name")
    export = acts.add_parser("export", help="write the directory to standard output")
    export.add_argument("--format", choices=["csv", "json"], default="csv")
    export.set_defaults(run=_export)
    match = verbs.add_parser("match", help="who would be shown for these answers")
    match.add_argument(
        "answers", help='JSON, such as {"country": "Ohio", "mode": ["video"], "pay": ["medicaid"]}'
    )
    match.add_argument("--lang", default="en")
    match.add_argument("--seed", type=int, default=0, help="of the draw between equals")
    match.add_argument("--explain", action="store_true", help="also say what each filter left out")
    match.add_argument("--sample", action="store_true", help="search the made-up sample directory")
    match.set_defaults(run=_match)


def _import(arguments: argparse.Namespace) -> int:
    entries, faults = _read(arguments)
    if faults:
        return _report(faults, "nothing was imported")
    with staff.opened() as (_, database), database.begin() as session:
        new, changed, gone = matching.replace(
            session, entries, utc_now(), "lantern directory import", keep_others=arguments.keep
        )
    print(f"{len(entries)} entries: {new} new, {changed} changed, {gone} removed")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    entries, faults = _read(arguments)
    if faults:
        return _report(faults, "an import would take nothing")
    print(f"{len(entries)} entries, no faults")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    with staff.opened() as (_, database), database.read() as session:
        entries = matching.stored(session)
    if arguments.format == "csv":
        sys.stdout.write(matching.as_csv(entries))
    else:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(entries)).decode() + "\n")
    return 0


def _match(arguments: argparse.Namespace) -> int:
    lang = known_lang(arguments.lang)
    wished = matching.wishes(_answers(arguments.answers), lang)
    directory = _directory(sample=arguments.sample)
    for match in matching.find(directory, wished, seed=arguments.seed):
        print(f"{match.points:5.1f}  {match.entry.id}  {match.entry.name}")
        print(f"       met: {', '.join(match.met) or '-'}")
        print(f"       not: {', '.join(match.unmet) or '-'}")
    if arguments.explain:
        told = matching.explain(directory, wished)
        print(f"{told.fitting} of {told.total} entries may be shown")
        for name, count in told.left_out.items():
            print(f"       {name}: leaves out {count}, {told.only.get(name, 0)} of them alone")
        if told.loosen:
            print(f"       more would fit without the answer to: {', '.join(told.loosen)}")
    return 0


def _answers(text: str) -> dict[str, list[str]]:
    """Answers by step; a place may be written out, one value needs no list."""
    try:
        given = msgspec.json.decode(text, type=dict[str, str | list[str]])
    except msgspec.DecodeError as error:
        raise BadInput(f"answers are JSON, a text or a list of texts for each question: {error}") from None
    answers = {step: [value] if isinstance(value, str) else value for step, value in given.items()}
    _check_names(answers)
    where = answers.get("country", [])
    return answers | {"country": [code for text in where for code in places.read(text) or (text,)]}


def _check_names(answers: dict[str, list[str]]) -> None:
    """Raises BadInput for a question or an answer that the questionnaire does not know."""
    questionnaire = content.load().guides[(seeking.QUESTIONNAIRE, LANGS[0])]
    known = {step.id: [option.id for option in step.options] for step in questionnaire.steps}
    for name, values in answers.items():
        if name not in known:
            raise BadInput(f"{name!r} is no question of the questionnaire; they are {', '.join(known)}")
        if wrong := [value for value in values if known[name] and value not in known[name]]:
            raise BadInput(f"{name}: {wrong[0]!r} is no answer to it; they are {', '.join(known[name])}")


def _directory(*, sample: bool) -> Directory:
    made_up = matching.load(content.ROOT / "directory" / "sample.yml")
    if sample:
        return made_up
    with staff.opened() as (_, database), database.read() as session:
        return matching.held(session, Directory())


def _read(arguments: argparse.Namespace) -> tuple[list[Entry], list[Fault]]:
    if arguments.fhir:
        return matching.read_fhir(arguments.file)
    return matching.read(Path(arguments.file))


def _report(faults: list[Fault], outcome: str) -> int:
    for fault in faults[:MOST_SHOWN]:
        print(fault)
    more = f" ({len(faults) - MOST_SHOWN} more)" if len(faults) > MOST_SHOWN else ""
    print(f"{len(faults)} faults{more}; {outcome}")
    return 1
