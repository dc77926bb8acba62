"""HL7 FHIR R4, Plan-Net: PractitionerRole and HealthcareService as rows of our directory. Pure.

What a resource does not say is not known: no licence, no room and no way to meet is ever assumed.
Source: the DaVinci PDEX Plan-Net guide (hl7.org/fhir/us/davinci-pdex-plan-net), specialties by the
NUCC taxonomy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.errors import BadInput

Resource = dict[str, Any]
_PLAN_NET = "http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/"
# NUCC code of a specialty: what somebody with it works on.
_GOALS: dict[str, tuple[str, ...]] = {
    "101YA0400X": ("stop", "cut_down", "cravings"),  # counsellor, addiction
    "101YM0800X": ("mood", "grief"),  # counsellor, mental health
    "103TA0400X": ("stop", "cut_down", "cravings", "mood"),  # psychologist, addiction
    "103TC0700X": ("mood", "trauma"),  # psychologist, clinical
    "1041C0700X": ("mood", "family", "grief"),  # social worker, clinical
    "106H00000X": ("family",),  # marriage and family therapist
    "2084A0401X": ("stop", "cravings"),  # psychiatrist, addiction medicine
    "207RA0401X": ("stop", "cravings"),  # internist, addiction medicine
    "2084P0800X": ("mood", "trauma"),  # psychiatrist
    "261QM2800X": ("stop", "cravings"),  # methadone clinic
    "261QR0405X": ("stop", "cut_down", "cravings"),  # rehabilitation, substance use
    "324500000X": ("stop", "cravings"),  # residential substance use treatment
}
_WITH_MEDICINE = frozenset({"2084A0401X", "207RA0401X", "261QM2800X"})
_WITH_DOCTOR = frozenset({"2084A0401X", "207RA0401X", "324500000X"})
_GENDERS = {"female": "woman", "male": "man", "other": "nonbinary"}
_MODES = {"phone": "phone", "video": "video", "tdd": "phone", "sms": "chat", "app": "chat"}
_PAYMENT = {"free": "free", "disc": "sliding", "cost": "self_pay"}
_WEEKEND = frozenset({"sat", "sun"})
_EVENING = "18:00"
_AFTERNOON = "17:00"


class PlanNet:
    """Resources of a directory, page by page, and the rows that they make together."""

    def __init__(self) -> None:
        self._held: dict[str, Resource] = {}

    def add(self, page: Resource) -> str | None:
        """Take one Bundle in; the address of the next page, or None. Raises BadInput for anything else."""
        if page.get("resourceType") != "Bundle":
            raise BadInput("expected a FHIR Bundle with PractitionerRole or HealthcareService resources")
        for entry in page.get("entry", ()):
            resource = entry.get("resource", {})
            self._held[f"{resource.get('resourceType')}/{resource.get('id')}"] = resource
        links = {link.get("relation"): link.get("url") for link in page.get("link", ())}
        return links.get("next")

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Roles of practitioners as therapists; services that no role belongs to as programmes."""
        roles = [one for one in self._held.values() if one.get("resourceType") == "PractitionerRole"]
        covered = {key for role in roles for key in _references(role, "healthcareService")}
        services = [
            one
            for key, one in self._held.items()
            if one.get("resourceType") == "HealthcareService" and key not in covered
        ]
        active = [one for one in (*roles, *services) if one.get("active", True)]
        for number, resource in enumerate(active, 1):
            is_role = resource["resourceType"] == "PractitionerRole"
            yield number, self._role(resource) if is_role else self._service(resource)

    def _role(self, role: Resource) -> dict[str, Any]:
        person = self._first(role, "practitioner") or {}
        services = [
            service for key in _references(role, "healthcareService") if (service := self._held.get(key))
        ]
        row = _common(role, services)
        row |= {
            "kind": "therapist",
            "name": _human_name(person),
            "licensed": _licences(person),
            "languages": _languages(person) or row["languages"],
            "gender": _GENDERS.get(person.get("gender", ""), ""),
        }
        return row

    def _service(self, service: Resource) -> dict[str, Any]:
        row = _common(service, [])
        states = [_state(place) for place in self._all(service, "location")]
        row |= {
            "kind": "programme",
            "name": service.get("name", ""),
            "licensed": list(dict.fromkeys(filter(None, states))),
            "gender": "team",
        }
        return row

    def _first(self, resource: Resource, name: str) -> Resource | None:
        return next(iter(self._all(resource, name)), None)

    def _all(self, resource: Resource, name: str) -> list[Resource]:
        return [held for key in _references(resource, name) if (held := self._held.get(key))]


def _common(resource: Resource, services: list[Resource]) -> dict[str, Any]:
    """What roles and services have in the same fields; a role also has what its services have."""
    both = [resource, *services]
    codes = [code for one in both for code in _codes(one.get("specialty", ()))]
    goals = [goal for code in codes for goal in _GOALS.get(code, ())]
    labels = [text for one in both for text in _texts(one.get("specialty", ()))]
    row: dict[str, Any] = {
        "id": f"{resource.get('resourceType', '')[:4].lower()}-{resource.get('id', '')}"[:64],
        "goals": list(dict.fromkeys(goals)),
        "needs": ["withdrawal"] if _WITH_DOCTOR & set(codes) else [],
        "modes": list(dict.fromkeys(mode for one in both for mode in _modes(one))),
        "languages": list(dict.fromkeys(lang for one in both for lang in _languages(one))),
        "times": list(dict.fromkeys(time for one in both for time in _times(one))),
        "payment": list(dict.fromkeys(way for one in both for way in _payment(one))),
        "capacity": 1 if any(_takes_new(one) for one in both) else 0,
        "about": {"en": ", ".join(dict.fromkeys(labels))[:200]} if labels else {},
    }
    if _WITH_MEDICINE & set(codes):
        row["moud"] = True
    for system, name in (("phone", "phone"), ("url", "website")):
        values = [
            t.get("value", "") for one in both for t in one.get("telecom", ()) if t.get("system") == system
        ]
        if values:
            row[name] = values[0]
    return row


def _references(resource: Resource, name: str) -> list[str]:
    value = resource.get(name, ())
    listed = [value] if isinstance(value, dict) else value
    return ["/".join(one.get("reference", "").split("/")[-2:]) for one in listed]


def _codes(concepts: Any) -> list[str]:
    listed = [concepts] if isinstance(concepts, dict) else concepts
    return [coding.get("code", "") for concept in listed for coding in concept.get("coding", ())]


def _texts(concepts: Any) -> list[str]:
    found = (
        concept.get("text") or next((c.get("display", "") for c in concept.get("coding", ())), "")
        for concept in concepts
    )
    return [text for text in found if text]


def _extensions(resource: Resource, name: str) -> list[Resource]:
    return [one for one in resource.get("extension", ()) if one.get("url") == _PLAN_NET + name]


def _parts(extension: Resource, name: str) -> list[str]:
    """Codes of the parts `name` inside an extension."""
    parts = (part for part in extension.get("extension", ()) if part.get("url") == name)
    return [code for part in parts for code in _codes(part.get("valueCodeableConcept", ()))]


def _licences(person: Resource) -> list[str]:
    """States where a qualification is valid and active."""
    found = []
    for qualification in person.get("qualification", ()):
        for extension in _extensions(qualification, "practitioner-qualification"):
            if "active" in _parts(extension, "status"):
                found += [f"US-{code}" for code in _parts(extension, "whereValid")]
    return list(dict.fromkeys(found))


def _state(place: Resource) -> str:
    """The state of a location in the US, the country elsewhere."""
    address = place.get("address", {})
    country, state = str(address.get("country") or "US")[:2].upper(), str(address.get("state", ""))
    if country != "US":
        return country
    return f"US-{state.upper()}" if len(state) == 2 else ""


def _modes(resource: Resource) -> Iterator[str]:
    for extension in _extensions(resource, "delivery-method"):
        if "physical" in _parts(extension, "deliveryMethodtype"):
            yield "in_person"
        for code in _parts(extension, "virtualModalities"):
            yield from [_MODES[code]] if code in _MODES else []


def _takes_new(resource: Resource) -> bool:
    return any(
        "newpt" in _parts(extension, "acceptingPatients")
        for extension in _extensions(resource, "newpatients")
    )


def _languages(resource: Resource) -> list[str]:
    return [code.partition("-")[0].lower() for code in _codes(resource.get("communication", ())) if code]


def _times(resource: Resource) -> Iterator[str]:
    for span in resource.get("availableTime", ()):
        start, end = span.get("availableStartTime", ""), span.get("availableEndTime", "")
        days = set(span.get("daysOfWeek", ()))
        whole = bool(span.get("allDay"))
        if days - _WEEKEND and (whole or (start and start < _AFTERNOON)):
            yield "day"
        if days - _WEEKEND and (whole or end > _EVENING):
            yield "evening"
        if days & _WEEKEND:
            yield "weekend"


def _payment(resource: Resource) -> list[str]:
    return [_PAYMENT[code] for code in _codes(resource.get("serviceProvisionCode", ())) if code in _PAYMENT]


def _human_name(person: Resource) -> str:
    name: Resource = next(iter(person.get("name", ())), {})
    return str(name.get("text") or " ".join([*name.get("given", ()), name.get("family", "")]).strip())
