"""Reads and validates content files; every fault names its file, its line and the way out."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from bot.content.grammar import Grammar
from bot.content.helplines import Country
from bot.content.schema import LANGS, Commands, Figures, Guide, Lang, Letters, Passage, Phrases, Policy
from bot.errors import ContentError

ROOT = Path(__file__).resolve().parents[2] / "content"

T = TypeVar("T")
Spoken = TypeVar("Spoken", Phrases, Grammar, Commands, Policy, Letters)

_FRONT = re.compile(r"\A---\n(?P<front>.*?)\n---\n(?P<text>.*)\Z", re.DOTALL)
_VARIANT = re.compile(r"^## (family|professional)[ \t]*$", re.MULTILINE)
_AT = re.compile(r"`\$\.?(?P<path>[^`]*)`")


class _Plain(yaml.SafeLoader):
    """YAML in which `yes`, `no`, `on` and `off` are words, as their writer meant, not truth values."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@dataclass(frozen=True)
class Library:
    """All content in memory. Keys are (id, language); helplines go by country."""

    passages: dict[tuple[str, Lang], Passage] = field(default_factory=dict)
    guides: dict[tuple[str, Lang], Guide] = field(default_factory=dict)
    countries: dict[str, Country] = field(default_factory=dict)
    phrases: dict[Lang, Phrases] = field(default_factory=dict)
    grammar: dict[Lang, Grammar] = field(default_factory=dict)
    commands: dict[Lang, Commands] = field(default_factory=dict)
    policy: dict[Lang, Policy] = field(default_factory=dict)
    figures: list[Figures] = field(default_factory=list)
    letters: dict[Lang, Letters] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def load(root: Path = ROOT, *, strict: bool = True) -> Library:
    """Read everything under `root`.

    Raises ContentError naming the first fault when `strict`; otherwise the faulty files are
    left out and listed in `Library.faults`, so that the service starts with what is sound.
    """
    library = Library()
    faults: list[str] = []
    for path in _files(root):
        try:
            _add(library, path, path.relative_to(root).parts[0])
        except ContentError as error:
            if strict:
                raise
            faults.append(str(error))
    return replace(library, faults=tuple(faults))


def _add(library: Library, path: Path, folder: str) -> None:
    """Read one file into its place; files of other folders are read by those who need them."""
    match folder:
        case "passages":
            passage = read_passage(path)
            library.passages[passage.id, passage.lang] = passage
        case "protocols" | "questionnaires":
            guide = _read_yaml(path, Guide)
            library.guides[guide.id, guide.lang] = guide
        case "helplines":
            country = _read_yaml(path, Country)
            library.countries[country.country] = country
        case "phrases":
            _by_lang(library.phrases, _read_yaml(path, Phrases))
        case "answers":
            _by_lang(library.grammar, _read_yaml(path, Grammar))
        case "commands":
            _by_lang(library.commands, _read_yaml(path, Commands))
        case "policy" if path.stem == "figures":
            library.figures.append(_read_yaml(path, Figures))
        case "policy":
            _by_lang(library.policy, _read_yaml(path, Policy))
        case "letters":
            _by_lang(library.letters, _read_yaml(path, Letters))


def _by_lang(held: dict[Lang, Spoken], one: Spoken) -> None:
    held[one.lang] = one


def read_passage(path: Path) -> Passage:
    """One passage from Markdown with front matter; raises ContentError with file and line."""
    raw = path.read_text(encoding="utf-8")
    parts = _FRONT.match(raw)
    if parts is None:
        raise ContentError(f"{path}:1: no front matter; start the file with '---', fields, '---'")
    meta = _parse(path, parts["front"], offset=1)
    name, lang = _name(path)
    meta = {"id": name, "group": path.parent.name, "lang": lang, **meta}
    passage = _convert(path, parts["front"], meta, Passage, offset=1)
    if passage.id != name:
        raise ContentError(f"{path}:2: id '{passage.id}' is not the file's name; use '{name}'")
    bodies = _variants(parts["text"])
    return msgspec.structs.replace(passage, version=version(raw), path=str(path), **bodies)


def version(raw: str) -> str:
    """Content version: the first 12 hex digits of the file's SHA-256."""
    return hashlib.sha256(raw.encode()).hexdigest()[:12]


def line_of(text: str, dotted: str) -> int:
    """Line (from 1) of a field such as `steps[2].say` in YAML text; 1 when it cannot be found."""
    node: Any = yaml.compose(text)
    for key in re.findall(r"[^.\[\]]+", dotted):
        if isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
            node = node.value[int(key)]
        elif isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == key), None)
            if found is None:
                break
            node = found[1]
        else:
            break
    return int(node.start_mark.line) + 1 if node is not None else 1


def _files(root: Path) -> list[Path]:
    wanted = (path for path in sorted(root.rglob("*")) if path.suffix in {".md", ".yml"})
    return [path for path in wanted if path.relative_to(root).parts[0] != "README.md"]


def _name(path: Path) -> tuple[str, str]:
    stem, _, lang = path.stem.rpartition(".")
    if lang not in LANGS or not stem:
        raise ContentError(f"{path}:1: name the file '<id>.<lang>{path.suffix}', lang en or es")
    return stem, lang


def _variants(text: str) -> dict[str, str]:
    pieces = _VARIANT.split(text)
    bodies = {"body": _shown(pieces[0])}
    bodies |= {kind: _shown(part) for kind, part in zip(pieces[1::2], pieces[2::2], strict=True)}
    return bodies


def _shown(text: str) -> str:
    """A text without its paragraphs marked `[unverified]`, which are never shown."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(p.strip() for p in paragraphs if not p.startswith("[unverified]"))


def _read_yaml(path: Path, kind: type[T]) -> T:
    raw = path.read_text(encoding="utf-8")
    meta = _parse(path, raw)
    if kind is not Country and kind is not Figures:
        name, lang = _name(path) if kind is Guide else (path.stem, path.stem)
        meta = ({"id": name} if kind is Guide else {}) | {"lang": lang} | meta
    return _convert(path, raw, meta | {"version": version(raw), "path": str(path)}, kind)


def _parse(path: Path, text: str, *, offset: int = 0) -> dict[str, Any]:
    try:
        value = yaml.load(text, _Plain)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line + 1 if mark else 1) + offset
        raise ContentError(f"{path}:{line}: not valid YAML: {getattr(error, 'problem', '')}") from None
    if not isinstance(value, dict):
        raise ContentError(f"{path}:{1 + offset}: expected fields ('name: value'), found none")
    return value


def _convert(path: Path, text: str, meta: dict[str, Any], kind: type[T], *, offset: int = 0) -> T:
    try:
        return msgspec.convert(meta, kind, strict=False)
    except msgspec.ValidationError as error:
        at = _AT.search(str(error))
        line = line_of(text, at["path"]) + offset if at else 1 + offset
        raise ContentError(f"{path}:{line}: {error}") from None
