"""When humans answer: split shifts, nights, holidays, exceptions, and the place's own clock."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import msgspec
import pytest
from consoles import desk, visitor
from house import House
from starlette.testclient import TestClient

from bot import app, handoff
from bot.errors import SettingsError

SAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "hours.toml"


def at(text: str) -> dt.datetime:
    """A moment in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-12-01T14:00", True),  # Tuesday 9:00 in New York: the door opens
        ("2026-12-01T13:59", False),
        ("2026-12-01T17:30", False),  # 12:30: between the shifts
        ("2026-12-01T18:30", True),
        ("2026-12-01T23:00", False),  # 18:00: the end is not inside
        ("2026-12-05T03:59", False),  # Friday evening in New York, 19:59 in Los Angeles
        ("2026-12-05T04:00", True),  # 20:00 there: the night team
        ("2026-12-05T09:59", True),  # after midnight there, still Friday's shift
        ("2026-12-05T10:00", False),
        ("2026-12-24T15:00", True),  # a short day
        ("2026-12-24T18:00", False),
        ("2026-12-25T15:00", False),  # a holiday
        ("2026-07-07T13:00", True),  # Tuesday 9:00 in summer time
        ("2026-07-07T12:59", False),
    ],
)
def test_hours_follow_the_places_own_clock(moment: str, is_open: bool) -> None:
    assert handoff.is_open(handoff.teams(SAMPLE), at(moment)) is is_open


def test_the_next_shift_is_known() -> None:
    teams = handoff.teams(SAMPLE)
    assert handoff.next_open(teams, at("2026-12-01T23:30")) == at("2026-12-02T14:00")
    assert handoff.next_open(teams, at("2026-12-01T17:45")) == at("2026-12-01T18:30")
    assert handoff.next_open((), at("2026-12-01T17:45")) is None


def test_without_a_file_presence_alone_decides(tmp_path: Path) -> None:
    assert handoff.teams(tmp_path / "none.toml") == ()
    assert handoff.is_open((), at("2026-12-25T03:00"))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[[team]", ""),
        ('[[team]]\nname="A"\nzone="Nowhere/Land"\nweek={mon=["09:00-17:00"]}', "Nowhere"),
        ('[[team]]\nname="A"\nzone="UTC"\nweek={monday=["09:00-17:00"]}', "monday"),
        ('[[team]]\nname="A"\nzone="UTC"\nweek={mon=["nine"]}', ""),
        ('[[team]]\nname="A"\nzone="UTC"\nweek={}\nopen=true', "open"),
    ],
)
def test_a_wrong_file_is_named_with_its_rule(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "hours.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"hours\.toml") as error:
        handoff.teams(path)
    assert rule in str(error.value)


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "hours.toml"
    path.write_text('[[team]]\nname="A"\nzone="UTC"\nweek={tue=["09:00-17:00"]}')
    assert handoff.is_open(handoff.teams(path), at("2026-12-01T10:00"))
    path.write_text('[[team]]\nname="A"\nzone="UTC"\nweek={tue=["11:00-17:00"], wed=["11:00-17:00"]}')
    assert not handoff.is_open(handoff.teams(path), at("2026-12-01T10:00"))


def test_off_hours_nobody_is_promised_though_somebody_is_signed_in(house: House, tmp_path: Path) -> None:
    hours = tmp_path / "hours.toml"
    hours.write_text('[[team]]\nname="A"\nzone="UTC"\nweek={tue=["13:00-17:00"]}')
    kit = dataclasses.replace(house.kit, settings=msgspec.structs.replace(house.kit.settings, hours=hours))
    house = dataclasses.replace(house, kit=kit)
    with TestClient(app.create(kit, work=False), base_url="http://127.0.0.1:8000") as client:
        desk(house, client, "ana")
        maria = visitor(house, client)
        maria.asks_for_a_human()
        assert maria.states() == []
        house.clock.pass_(hours=1)
        desk(house, client, "ana")
        maria.asks_for_a_human()
        assert maria.states() == ["requested"]
