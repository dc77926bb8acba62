"""A health plan's directory (FHIR R4, Plan-Net) becomes ours, and what it does not say stays unknown."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B.bundle import Bundle

from bot import matching
from bot.errors import BadInput
from bot.matching.fhir import PlanNet
from bot.matching.reading import checked

RECORDED = Path(__file__).parent.parent / "data" / "plan_net.json"


@pytest.fixture
def bundle() -> dict[str, Any]:
    """Resources of our own making, as a server of a plan would send them."""
    return dict(msgspec.json.decode(RECORDED.read_bytes()))


def test_the_recorded_resources_are_valid_fhir(bundle: dict[str, Any]) -> None:
    held = Bundle.model_validate(bundle)
    kinds = {entry.resource.get_resource_type() for entry in held.entry}
    assert {"PractitionerRole", "HealthcareService", "Practitioner", "Location"} <= kinds


def test_a_role_becomes_a_therapist_with_what_it_says() -> None:
    entries, faults = matching.read_fhir(str(RECORDED))
    assert faults == []
    role = next(entry for entry in entries if entry.kind == "therapist")
    assert role.name == "Ines Invented"
    assert role.licensed == ("US-OH", "US-PA")  # the lapsed one in Texas is none
    assert role.goals == ("stop", "cut_down", "cravings", "mood")
    assert role.modes == ("in_person", "phone", "video")
    assert role.languages == ("es", "en")
    assert role.times == ("day", "evening", "weekend")
    assert (role.gender, role.capacity, role.moud) == ("woman", 1, None)
    assert role.payment == ("sliding",)


def test_a_service_without_roles_becomes_a_programme() -> None:
    entries, _ = matching.read_fhir(str(RECORDED))
    service = next(entry for entry in entries if entry.kind == "programme")
    assert service.licensed == ("US-OH",)
    assert service.moud is True
    assert service.capacity == 0  # nothing is said of new patients
    assert len(entries) == 2  # the service of the role is not listed twice, the inactive one not at all


def test_without_a_valid_licence_the_row_is_a_fault(bundle: dict[str, Any]) -> None:
    changed = copy.deepcopy(bundle)
    for entry in changed["entry"]:
        entry["resource"].pop("qualification", None)
    adapter = PlanNet()
    adapter.add(changed)
    _, faults = checked(adapter.rows())
    assert "licensed: is empty" in str(faults[0])


def test_pages_are_followed_and_other_things_refused(bundle: dict[str, Any]) -> None:
    adapter = PlanNet()
    assert adapter.add(bundle | {"link": [{"relation": "next", "url": "https://plan.example/2"}]}) == (
        "https://plan.example/2"
    )
    with pytest.raises(BadInput, match="expected a FHIR Bundle"):
        adapter.add({"resourceType": "Patient"})
