"""Directory files in CSV, JSON and YAML: every bad row is named with its rule, and then nothing is taken."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from bot.content import LANGS, places
from bot.errors import BadInput, ContentError
from bot.matching.entry import Directory, Entry

# In a cell several values are parted by this.
_PARTED = ";"
_LISTS = frozenset(
    (
        "licensed",
        "ages",
        "goals",
        "needs",
        "modes",
        "languages",
        "times",
        "payment",
        "plans",
        "identity",
    )
)
_NUMBERS = frozenset({"capacity", "wait_days", "fee"})
_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_BOOLEANS = frozenset({"moud", "interpreter", "affiliated", "paused"})


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row, counted from 1 (in a CSV the header is row 1)."""

    row: int
    field: str
    message: str

    def __str__(self) -> str:
        return (
            f"row {self.row}: {self.field}: {self.message}"
            if self.field
            else f"row {self.row}: {self.message}"
        )


def read(path: Path) -> tuple[list[Entry], list[Fault]]:
    """Entries and faults of a file. Raises BadInput when it is no such file at all."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as UTF-8 text ({type(error).__name__})") from None
    match path.suffix.lower():
        case ".csv":
            return checked(_csv(path, text))
        case ".json":
            return checked(enumerate(_records(path, _json(path, text)), 1))
        case ".yml" | ".yaml":
            return checked(enumerate(_records(path, yaml.safe_load(text)), 1))
    raise BadInput(f"{path}: directories are .csv, .json or .yml files")


def load(path: Path) -> Directory:
    """The sample directory of the content; an absent one is empty. Raises ContentError naming the file."""
    if not path.exists():
        return Directory()
    entries, faults = read(path)
    if faults:
        raise ContentError(f"{path}:1: {faults[0]}")
    return Directory(tuple(entries), sample=True)


def checked(rows: Iterable[tuple[int, Any]]) -> tuple[list[Entry], list[Fault]]:
    """Each row as an entry, or its faults; an id may stand only once."""
    entries: list[tuple[int, Entry]] = []
    faults: list[Fault] = []
    for number, raw in rows:
        try:
            entry = msgspec.convert(raw, Entry)
        except msgspec.ValidationError as error:
            message, _, at = str(error).partition(" - at ")
            faults.append(Fault(number, at.strip("`$.") or "", message))
            continue
        faults += _rules(number, entry)
        entries.append((number, entry))
    counted = Counter(entry.id for _, entry in entries)
    faults += [
        Fault(number, "id", "stands twice; each entry has its own")
        for number, entry in entries
        if counted[entry.id] > 1
    ]
    return [entry for _, entry in entries], sorted(faults, key=lambda fault: fault.row)


def _rules(number: int, entry: Entry) -> Iterator[Fault]:
    for code in entry.licensed:
        country, _, state = code.partition("-")
        if places.needs_state(country) and not state:
            yield Fault(number, "licensed", f"'{code}': a licence there is a state's; write it as {code}-XX")
        elif not _exists(code):
            yield Fault(number, "licensed", f"'{code}' is no country or state of ISO 3166")
    for name in ("licensed", "modes", "languages", "goals"):
        if not getattr(entry, name):
            yield Fault(number, name, "is empty; nobody could be shown this entry")
    if "@" in entry.send_to and not _ADDRESS.fullmatch(entry.send_to):
        yield Fault(number, "send_to", "is no single e-mail address, such as intake@clinic.example")
    if not entry.about:
        yield Fault(number, "about", "is empty; say in a few words what they do")


def _exists(code: str) -> bool:
    return places.name(code, "en") != code


def _json(path: Path, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise BadInput(f"{path}: not valid JSON: {error}") from None


def _records(path: Path, value: Any) -> list[Any]:
    records = value.get("entries") if isinstance(value, dict) else value
    if not isinstance(records, list):
        raise BadInput(f'{path}: expected a list of entries, or {{"entries": [...]}}')
    return records


def _csv(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    known = {*Entry.__struct_fields__, *(f"about_{lang}" for lang in LANGS)} - {"about"}
    unknown = [name for name in reader.fieldnames or () if name not in known]
    if unknown or "id" not in (reader.fieldnames or ()):
        wrong = ", ".join(unknown) or "none named id"
        raise BadInput(f"{path}: columns are {', '.join(sorted(known))}; found {wrong}")
    try:
        for row in reader:
            yield reader.line_num, _record(row)
    except csv.Error as error:
        raise BadInput(
            f"{path}: line {reader.line_num}: {error}; quote cells that hold line breaks"
        ) from None


def _record(row: dict[str | None, Any]) -> dict[str, Any]:
    """One row with lists, numbers and flags as such; what is no number stays a text, and is a fault then."""
    if row.get(None):
        return {"id": row.get("id"), "too many cells": row[None]}
    about = {lang: row[f"about_{lang}"].strip() for lang in LANGS if row.get(f"about_{lang}")}
    record: dict[str, Any] = {"about": about} if about else {}
    for name, cell in row.items():
        value = (cell or "").strip()
        if name is None or not value or name.startswith("about_"):
            continue
        if name in _LISTS:
            record[name] = [part.strip() for part in value.split(_PARTED) if part.strip()]
        elif name in _NUMBERS:
            record[name] = int(value) if value.lstrip("-").isdecimal() else value
        else:
            record[name] = _FLAGS.get(value.lower(), value) if name in _BOOLEANS else value
    return record


def as_csv(entries: Iterable[Entry]) -> str:
    """Entries as a CSV file that `read` takes back."""
    names = [name for name in Entry.__struct_fields__ if name != "about"]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*names, *(f"about_{lang}" for lang in LANGS)], lineterminator="\n")
    writer.writeheader()
    for entry in entries:
        row = {name: _cell(getattr(entry, name)) for name in names}
        writer.writerow(row | {f"about_{lang}": entry.about.get(lang, "") for lang in LANGS})
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{_PARTED} ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
