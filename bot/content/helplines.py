"""Lines of help: their shape, and which one stands behind a placeholder in a country at a moment."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import msgspec

from bot.content.schema import Confidence, Lang, Status, Strict

UNKNOWN = "ZZ"
# Staff are told so many days before a number must be checked again.
WARN_DAYS = 14
# Where a country has no line of a scope, the next best scope stands in.
INSTEAD: dict[str, tuple[str, ...]] = {
    "crisis": ("crisis", "finder"),
    "child": ("child", "crisis", "finder"),
    "abuse": ("abuse", "crisis", "finder"),
    "poison": ("poison", "health", "finder"),
    "drugs": ("drugs", "health", "finder"),
    "spotting": ("spotting", "drugs", "finder"),
    "families": ("families", "drugs", "crisis", "finder"),
    "overdose": ("overdose", "drugs", "finder"),
}
_ALIASES = {"UK": "GB"}
# The last resort where content cannot be read: true in every country.
EMERGENCY: dict[Lang, str] = {
    "en": "your local emergency number (911, 999, 112, 000 or 111)",
    "es": "tu número de emergencias (112, 911, 999, 000 o 111)",
}
FINDER: dict[Lang, str] = {
    "en": "find a free helpline at findahelpline.com",
    "es": "busca una línea gratuita en findahelpline.com",
}


class Hours(Strict, frozen=True, kw_only=True):
    """Opening hours of a line in its own time zone; days 1 (Monday) to 7. No `spans`: 24 hours."""

    zone: str = "UTC"
    spans: tuple[tuple[str, str, str], ...] = ()  # ("1-5", "09:00", "17:30")


class Helpline(Strict, frozen=True, kw_only=True):
    """One line of help. `say` is a verb phrase that fits after "please": "call or text 988"."""

    id: str
    name: str
    scopes: tuple[str, ...]
    say: dict[Lang, str]
    call: str | None = None
    tty: str | None = None
    sms: str | None = None
    keyword: str | None = None
    chat: str | None = None
    whatsapp: str | None = None
    hours: Hours = Hours()
    languages: tuple[str, ...] = ("en",)
    for_whom: str = ""
    status: Status
    confidence: Confidence
    source: str
    seen_on: dt.date | None = None
    verified_on: dt.date | None = None
    verified_by: str | None = None
    expires: dt.date | None = None


class Emergency(Strict, frozen=True, kw_only=True):
    """The emergency number of a country: never hidden, whatever its date. `short`: for text messages."""

    say: dict[Lang, str]
    short: dict[Lang, str] = msgspec.field(default_factory=dict)
    numbers: tuple[str, ...]
    source: str
    seen_on: dt.date


class Country(Strict, frozen=True, kw_only=True):
    """Help in one country (ISO 3166-1 alpha-2), or `ZZ` where the country is unknown."""

    country: str
    names: dict[Lang, str]
    emergency: Emergency
    lines: tuple[Helpline, ...]
    version: str = ""
    path: str = ""


def country_code(code: str | None) -> str:
    """ISO 3166-1 alpha-2 in capitals; "UK" is accepted for GB; ZZ when unknown."""
    code = (code or UNKNOWN).strip().upper()
    return _ALIASES.get(code, code)


def numbers(countries: dict[str, Country], code: str | None, lang: Lang, at: dt.datetime) -> dict[str, str]:
    """The words for every placeholder: `emergency` is a noun, the others are verb phrases."""
    country = countries.get(country_code(code)) or countries.get(UNKNOWN)
    said = {"emergency": country.emergency.say[lang] if country else EMERGENCY[lang]}
    for scope in INSTEAD:
        line = choose(countries, code, scope, lang, at)
        said[scope] = line.say[lang] if line else FINDER[lang]
    return said | {name.capitalize(): text[:1].upper() + text[1:] for name, text in said.items()}


def choose(
    countries: dict[str, Country], code: str | None, scope: str, lang: Lang, at: dt.datetime
) -> Helpline | None:
    """The line to name first: open now, 24 hours before others, in the person's language."""
    own = countries.get(country_code(code))
    for country in filter(None, (own, countries.get(UNKNOWN))):
        for wanted in INSTEAD.get(scope, (scope,)):
            lines = [line for line in shown(country, at) if wanted in line.scopes]
            lines = [line for line in lines if is_open(line.hours, at)]
            if lines:
                return min(lines, key=lambda line: (lang not in line.languages, bool(line.hours.spans)))
    return None


def shown(country: Country, at: dt.datetime) -> list[Helpline]:
    """Lines that may be shown: never unverified; expired ones only as a country's first 24-hour line."""
    usable = [line for line in country.lines if line.status != "unverified"]
    first = next((line.id for line in usable if not line.hours.spans), None)
    today = at.date()
    return [line for line in usable if not _expired(line, today) or line.id == first]


def in_short(countries: dict[str, Country], code: str | None, lang: Lang) -> dict[str, str]:
    """The words for `emergency` where each letter counts: a text message has 160."""
    country = countries.get(country_code(code)) or countries.get(UNKNOWN)
    return {"emergency": short} if country and (short := country.emergency.short.get(lang)) else {}


def due(
    countries: dict[str, Country], today: dt.date, days: int = WARN_DAYS
) -> list[tuple[Country, Helpline]]:
    """Lines to check again: expired, or expiring within so many days; the first to expire first."""
    until = today + dt.timedelta(days=days)
    rows = ((country, line) for country in countries.values() for line in country.lines)
    found = [(country, line) for country, line in rows if line.expires and line.expires <= until]
    return sorted(found, key=lambda row: (row[1].expires or today, row[1].id))


def is_open(hours: Hours, at: dt.datetime) -> bool:
    """True if the line answers at this moment, in its own time zone; spans may pass midnight."""
    if not hours.spans:
        return True
    local = at.astimezone(zoneinfo.ZoneInfo(hours.zone))
    return any(_within(span, local) for span in hours.spans)


def _expired(line: Helpline, today: dt.date) -> bool:
    return line.expires is not None and line.expires < today


def _within(span: tuple[str, str, str], local: dt.datetime) -> bool:
    days, start, end = span
    first, _, last = days.partition("-")
    today = local.isoweekday()
    clock = local.strftime("%H:%M")
    if end > start:
        return int(first) <= today <= int(last or first) and start <= clock < end
    yesterday = (today - 2) % 7 + 1
    tonight = int(first) <= today <= int(last or first) and clock >= start
    return tonight or (int(first) <= yesterday <= int(last or first) and clock < end)
