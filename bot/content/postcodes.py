"""Postcodes as the places that licences go by: a ZIP code's state, a Canadian code's province, `GB`. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right

# First three digits of ZIP codes, from each number on, as the post office hands them out; "-" is no state.
_ZIPS = """
005 NY 006 PR 008 VI 009 PR 010 MA 028 RI 030 NH 039 ME 050 VT 055 MA 056 VT 060 CT 070 NJ 090 - 100 NY
150 PA 197 DE 200 DC 201 VA 202 DC 206 MD 220 VA 247 WV 270 NC 290 SC 300 GA 320 FL 340 - 341 FL 350 AL
370 TN 386 MS 398 GA 400 KY 430 OH 460 IN 480 MI 500 IA 530 WI 550 MN 570 SD 580 ND 590 MT 600 IL 630 MO
660 KS 680 NE 700 LA 716 AR 730 OK 733 TX 734 OK 750 TX 800 CO 820 WY 832 ID 840 UT 850 AZ 870 NM 885 TX
889 NV 900 CA 962 - 967 HI 969 GU 970 OR 980 WA 995 AK
"""
_STARTS = [int(start) for start in _ZIPS.split()[::2]]
_STATES = _ZIPS.split()[1::2]
# First letters of Canadian postcodes.
_PROVINCES = {"A": "NL", "B": "NS", "C": "PE", "E": "NB", "R": "MB", "S": "SK", "T": "AB", "V": "BC"}
_PROVINCES |= dict.fromkeys("GHJ", "QC") | dict.fromkeys("KLMNP", "ON") | {"X": "NT", "Y": "YT"}
# Countries whose postcodes have five digits too: there a number is no ZIP code.
_FIVE_DIGITS = frozenset({"ES", "MX", "DE", "FR", "IT"})
_ZIP = re.compile(r"(?<![\d.$€-])(\d{5})(?:-\d{4})?(?![\d.])")
_NAMED = re.compile(r"\b(?:zip|postcode|postal|postales?|c\.?p\.?)\b", re.IGNORECASE)
_CANADA = re.compile(r"\b([ABCEGHJ-NPRSTVXY])\d[A-Z] ?\d[A-Z]\d\b", re.IGNORECASE)
_BRITAIN = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)


def read(text: str, hint: str | None = None, *, in_passing: bool = False) -> str | None:
    """The place of a postcode in a text. `in_passing`: only where it is called one."""
    if in_passing and not _NAMED.search(text):
        return None
    if found := _CANADA.search(text):
        return f"CA-{_PROVINCES[found[1].upper()]}"
    if _BRITAIN.search(text):
        return "GB"
    if found := _ZIP.search(text):
        return hint if hint in _FIVE_DIGITS else _state(int(found[1][:3]))
    return None


def _state(first: int) -> str | None:
    at = bisect_right(_STARTS, first) - 1
    state = _STATES[at] if at >= 0 else "-"
    return f"US-{state}" if state != "-" else None
