"""A directory file is taken whole or not at all, and every bad row is named with its rule."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from house import House

from bot import matching
from bot.cli import main
from bot.content import places
from bot.errors import BadInput
from bot.matching import Directory

GOOD = """id,name,about_en,about_es,licensed,goals,modes,languages,capacity,payment,verified_on
t1,Ana Test,opioid use,consumo de opioides,US-OH; US-PA,stop; mood,video,en; es,2,medicaid; free,2026-10-01
t2,"Ben ""B"" Test","two lines
in one cell",,GB,trauma,phone; chat,en,1,,
"""
BAD = """id,name,about_en,licensed,goals,modes,languages,capacity
t1,Ana Test,x,US,stop,video,en,2
t1,Ben Test,x,GB,juggling,video,en,1
t3,Cy Test,x,GB,stop,video,en,many
t4,Dee Test,x,US-QQ,stop,,en,1
t5,Eve Test,x,GB,stop,video,en,1,extra
t1,Fay Test,x,GB,stop,video,en,1
"""


def written(tmp_path: Path, text: str, name: str = "directory.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_spreadsheet_becomes_entries(tmp_path: Path) -> None:
    entries, faults = matching.read(written(tmp_path, "\ufeff" + GOOD))
    assert faults == []
    assert [entry.id for entry in entries] == ["t1", "t2"]
    assert entries[0].licensed == ("US-OH", "US-PA")
    assert entries[0].verified_on == dt.date(2026, 10, 1)
    assert entries[1].about["en"] == "two lines\nin one cell"


def test_what_is_exported_can_be_imported(tmp_path: Path) -> None:
    entries, _ = matching.read(written(tmp_path, GOOD))
    again, faults = matching.read(written(tmp_path, matching.as_csv(entries), "again.csv"))
    assert faults == []
    assert again == entries


def test_every_bad_row_is_named_with_its_rule(tmp_path: Path) -> None:
    _, faults = matching.read(written(tmp_path, BAD))
    told = "\n".join(map(str, faults))
    assert "row 2: licensed: 'US': a licence there is a state's; write it as US-XX" in told
    assert "row 3: goals" in told
    assert "row 4: capacity" in told
    assert "row 5: licensed: 'US-QQ' is no country or state" in told
    assert "row 5: modes: is empty" in told
    assert "row 6" in told
    assert "row 7: id: stands twice" in told


def test_with_one_bad_row_nothing_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANTERN_VAR", str(tmp_path / "var"))
    good, bad = written(tmp_path, GOOD), written(tmp_path, BAD, "bad.csv")
    assert said(["directory", "import", str(good)], capsys) == (0, "2 entries: 2 new, 0 changed, 0 removed\n")
    code, told = said(["directory", "import", str(bad)], capsys)
    assert code == 1
    assert "nothing was imported" in told
    code, exported = said(["directory", "export"], capsys)
    assert "Ana Test" in exported
    assert code == 0
    code, told = said(["match", '{"country": "Ohio", "mode": "phone"}', "--explain"], capsys)
    assert "0 of 2 entries may be shown" in told
    assert "more would fit without the answer to: mode" in told


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ('{"languages": ["es"]}', "'languages' is no question"),
        ('{"mode": "fax"}', "mode: 'fax' is no answer to it; they are phone, video"),
        ('["phone"]', "answers are JSON"),
    ],
)
def test_answers_that_the_questionnaire_does_not_know_are_refused(
    capsys: pytest.CaptureFixture[str], answers: str, wrong: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["match", answers, "--sample"])
    assert ended.value.code
    assert wrong in "".join(capsys.readouterr())


def said(verb: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and output of a verb of the command line."""
    with pytest.raises(SystemExit) as ended:
        main(verb)
    return int(ended.value.code or 0), capsys.readouterr().out


def test_an_unknown_column_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="found colour"):
        matching.read(written(tmp_path, "id,colour\nt1,blue\n"))


def test_the_loaded_directory_takes_the_place_of_the_sample(house: House, tmp_path: Path) -> None:
    sample = Directory(tuple(matching.read(written(tmp_path, GOOD))[0][:1]), sample=True)
    with house.kit.database.begin() as session:
        assert matching.held(session, sample) is sample
        assert matching.replace(session, sample.entries, house.clock(), "test") == (1, 0, 0)
        assert not matching.held(session, sample).sample
        assert matching.replace(session, (), house.clock(), "test") == (0, 0, 1)
        assert matching.held(session, sample) is sample


@pytest.mark.parametrize(
    ("text", "hint", "codes"),
    [
        ("I'm in Ohio, USA", None, ("US-OH",)),
        ("georgia", "US", ("US-GA",)),  # also a country
        ("Tiflis, Georgia", "GE", ("GE",)),
        ("new mexico", None, ("US-NM",)),  # holds the name of a country
        ("columbus, oh", None, ("US-OH",)),
        ("oh no", None, ()),
        ("me", None, ()),  # also the code of Maine
        ("Nueva York", None, ("US-NY",)),
        ("Cataluña", None, ("ES",)),
        ("sydney", None, ("AU",)),
        ("the US", None, ("US",)),
        ("atlantis", None, ()),
    ],
)
def test_places_are_known_by_what_people_call_them(
    text: str, hint: str | None, codes: tuple[str, ...]
) -> None:
    assert places.read(text, hint) == codes


def test_a_place_in_passing_needs_a_word_before_it() -> None:
    assert places.read("my son jordan is sick", in_passing=True) == ()
    assert places.read("i live in texas and work nights", in_passing=True) == ("US-TX",)
