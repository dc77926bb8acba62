"""Places named in a text, as the codes that licences go by (ISO 3166): `US-OH`, `CA-ON`, `GB`. Pure."""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import pycountry

from bot.content import postcodes
from bot.content.schema import Lang

# Where a licence is a state's or province's matter; elsewhere it holds in the whole country.
BY_STATE = frozenset({"US", "CA"})
# Countries whose states, provinces and regions are known by name.
_KNOWN_PARTS = ("US", "CA", "AU", "GB", "IE", "IN", "MX", "NZ", "ES", "ZA")
# Parts of these types are too small and too many: their names are also family names and words.
_TOO_SMALL = ("borough", "district", "unitary", "council", "two-tier", "municipality", "city corporation")
_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*\.?|,")
_LONGEST = 6
# Before a place that is named in passing: "I'm in Ohio", "vivo en Texas".
_BEFORE = frozenset(
    [
        *("in", "from", "near", "at", "live", "to", "outside", "meant", "mean", "actually", "moved"),
        *("en", "desde", "de", "vivo", "cerca", "decir", "dije", "mejor"),
    ]
)
# Codes that are words of their own: alone they say something else.
_WORDS_TOO = frozenset(("ok", "hi", "me", "in", "or", "oh", "la", "de", "pa", "ma", "al", "id", "co", "no"))
# Written in capitals and alone these are still more likely words.
_ANSWERS = frozenset(("OK", "HI", "ME", "NO"))
# What people say that is no official name, and large cities that say where somebody is.
_ALSO = {
    "US": "us, usa, u.s., u.s.a., the states, united states, america, eeuu, ee uu, ee.uu., estados unidos",
    "GB": "uk, u.k., england, scotland, wales, northern ireland, britain, great britain, inglaterra, "
    "escocia, gales, london, londres, manchester, birmingham, glasgow, liverpool, leeds, belfast, cardiff",
    "ES": "espana, cataluna, catalonia, pais vasco, euskadi, comunidad valenciana, comunidad de madrid, "
    "castilla la mancha, islas canarias, islas baleares, region de murcia, barcelona, sevilla, zaragoza, "
    "bilbao",
    "MX": "guadalajara, monterrey, cdmx, ciudad de mexico, mexico city, tijuana",
    "AR": "buenos aires, rosario",
    "CO": "bogota, medellin",
    "IE": "republic of ireland, eire",
    "AU": "sydney, melbourne, brisbane, perth, adelaide",
    "NZ": "auckland, wellington, christchurch",
    "US-NY": "nyc, new york city, brooklyn, the bronx, queens, manhattan, buffalo",
    "US-CA": "los angeles, san francisco, san diego, oakland, sacramento, fresno, cali",
    "US-OH": "cleveland, columbus, cincinnati, toledo, akron, dayton",
    "US-TX": "houston, dallas, austin, san antonio, el paso, fort worth, tejas",
    "US-IL": "chicago",
    "US-PA": "philadelphia, philly, pittsburgh, filadelfia",
    "US-MA": "boston",
    "US-WA": "seattle, spokane, washington state, tacoma",
    "US-OR": "portland oregon, eugene",
    "US-FL": "miami, tampa, orlando, jacksonville",
    "US-GA": "atlanta",
    "US-MI": "detroit",
    "US-AZ": "phoenix, tucson",
    "US-NM": "albuquerque",
    "US-CO": "denver",
    "US-MD": "baltimore",
    "US-NV": "las vegas, reno",
    "US-DC": "washington dc, washington d.c., d.c.",
    "US-WI": "milwaukee",
    "US-MN": "minneapolis",
    "US-TN": "nashville, memphis",
    "US-LA": "new orleans, nueva orleans",
    "US-KY": "louisville",
    "US-WV": "w virginia, west va",
    "US-NC": "n carolina, charlotte, raleigh",
    "US-SC": "s carolina",
    "US-ND": "n dakota",
    "US-SD": "s dakota",
    "US-MO": "st louis, saint louis, kansas city",
    "US-IN": "indianapolis",
    "CA-ON": "toronto, ottawa, hamilton ontario",
    "CA-BC": "vancouver, b.c.",
    "CA-QC": "montreal",
    "CA-AB": "calgary, edmonton",
}


def read(text: str, hint: str | None = None, *, in_passing: bool = False) -> tuple[str, ...]:
    """Codes of the places named, states before countries; `hint` is the country somebody is thought in.

    `in_passing`: the text is about something else, so only "in Ohio" or a part that is all place counts.
    """
    words = _words(text)
    found = list(_found(words, text, in_passing=in_passing))
    named = {code.partition("-")[0] for codes in found for code in codes if len(codes) == 1}
    chosen = [code for codes in found for code in _meant(codes, named, hint)]
    states = [code for code in chosen if "-" in code]
    if not states and (coded := postcodes.read(text, hint, in_passing=in_passing)):
        fits = not chosen or coded.partition("-")[0] in chosen
        return (coded,) if fits else tuple(dict.fromkeys(chosen))
    return tuple(dict.fromkeys(states or chosen))


def name(code: str, lang: Lang) -> str:
    """The name of a country or state in a language; the code itself where there is none."""
    unit = pycountry.subdivisions.get(code=code) if "-" in code else pycountry.countries.get(alpha_2=code)
    if unit is None:
        return code
    plain = str(getattr(unit, "common_name", None) or unit.name)
    return _translated("iso3166-2" if "-" in code else "iso3166-1", plain) if lang == "es" else plain


def needs_state(code: str) -> bool:
    """True for a country where licences are a state's matter."""
    return code in BY_STATE


def _words(text: str) -> list[str]:
    return [_plain(word) if word != "," else word for word in _WORD.findall(text)]


def _found(words: list[str], text: str, *, in_passing: bool) -> Iterator[frozenset[str]]:
    """The codes that each named place may mean, the longest name first."""
    at = 0
    raw = _WORD.findall(text)
    shouted = text.isupper()
    while at < len(words):
        length = next((n for n in range(_LONGEST, 0, -1) if tuple(words[at : at + n]) in _names()), 0)
        codes = _names()[tuple(words[at : at + length])] if length else frozenset[str]()
        if not length and _is_short(raw, at, shouted=shouted):
            codes, length = _short_names().get(words[at].strip("."), codes), 1
        if codes and (not in_passing or _is_apart(words, at, length)):
            yield codes
        at += max(length, 1)


def _is_apart(words: list[str], at: int, length: int) -> bool:
    """True if "in" or the like stands before the place, or it is all there is between two commas."""
    before, after = words[at - 1] if at else ",", words[at + length] if at + length < len(words) else ","
    return before in _BEFORE or (before == "," and after == ",")


def _is_short(raw: list[str], at: int, *, shouted: bool) -> bool:
    """True for "OH" in "I'm in OH" and for "oh" in "cleveland, oh" or alone."""
    word = raw[at].strip(".")
    if len(word) != 2:
        return False
    if len(raw) == 1:
        return word.casefold() not in _WORDS_TOO or (word.isupper() and word not in _ANSWERS)
    return (word.isupper() and not shouted) or (at == len(raw) - 1 and raw[at - 1] == ",")


def _meant(codes: frozenset[str], named: set[str], hint: str | None) -> list[str]:
    """One meaning of an ambiguous name: in a country that was named, that is likely, or in the US."""
    if len(codes) == 1:
        return list(codes)
    for countries in (named, {hint}, {"US"}):
        if kept := [code for code in sorted(codes) if code.partition("-")[0] in countries]:
            return kept[:1]
    return sorted(codes)[:1]


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, ...], frozenset[str]]:
    """What every name may mean, in English and Spanish, plainly written."""
    found: dict[tuple[str, ...], set[str]] = {}
    for title, code in _titles():
        if words := tuple(word for word in _words(title) if word != ","):
            found.setdefault(words, set()).add(_licence(code))
    return {words: frozenset(codes) for words, codes in found.items()}


def _titles() -> Iterator[tuple[str, str]]:
    for country in pycountry.countries:
        for title in {country.name, getattr(country, "common_name", country.name)}:
            yield title, country.alpha_2
            yield _translated("iso3166-1", title), country.alpha_2
    for country_code in _KNOWN_PARTS:
        for unit in pycountry.subdivisions.get(country_code=country_code):
            if not any(small in unit.type.casefold() for small in _TOO_SMALL):
                yield unit.name, unit.code
                yield _translated("iso3166-2", unit.name), unit.code
    for code, titles in _ALSO.items():
        for title in titles.split(","):
            yield title.strip(), code


@lru_cache(maxsize=1)
def _short_names() -> dict[str, frozenset[str]]:
    """Two-letter codes of states and provinces."""
    units = [unit for country in BY_STATE for unit in pycountry.subdivisions.get(country_code=country)]
    return {unit.code.partition("-")[2].casefold(): frozenset({unit.code}) for unit in units}


def _licence(code: str) -> str:
    country = code.partition("-")[0]
    return code if country in BY_STATE else country


def _translated(domain: str, text: str) -> str:
    return _spanish(domain).gettext(text)


@lru_cache(maxsize=2)
def _spanish(domain: str) -> gettext.NullTranslations:
    return gettext.translation(domain, pycountry.LOCALES_DIR, languages=["es"], fallback=True)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold().rstrip(".").replace("’", "'"))
    return "".join(char for char in letters if not unicodedata.combining(char))
