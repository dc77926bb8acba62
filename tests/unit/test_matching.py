"""Nobody is shown who may not be, a wish never opens a door, and neither name nor order decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import content, matching
from bot.content import Voice
from bot.matching import Directory, Entry

GOALS = ("stop", "cut_down", "safer", "cravings", "mood", "trauma", "family", "grief")
MODES = ("phone", "video", "chat", "in_person")
PLACES = ("US-OH", "US-TX", "GB", "ES")
WISHES = (
    "woman",
    "man",
    "not_man",
    "not_woman",
    "lgbtq",
    "faith",
    "not_faith",
    "lived",
    "moud",
    "style_gentle",
)
AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def some(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """A few of these values, in any order."""
    return st.lists(st.sampled_from(values), min_size=least, max_size=3, unique=True).map(tuple)


ENTRIES = st.builds(
    Entry,
    id=st.text("abcdef0123456789", min_size=6, max_size=6),
    name=st.text("xyz", min_size=1, max_size=8),
    licensed=some(PLACES),
    ages=some(("adult", "minor")),
    goals=some(GOALS),
    needs=some(("withdrawal", "pregnancy")),
    moud=st.sampled_from([True, False, None]),
    modes=some(MODES),
    languages=some(("en", "es")),
    interpreter=st.booleans(),
    times=some(("day", "evening", "weekend")),
    wait_days=st.sampled_from([None, 1, 5, 20]),
    payment=some(("medicaid", "insurance", "free", "self_pay")),
    plans=some(("aetna", "cigna")),
    fee=st.sampled_from([None, 0, 60, 200]),
    gender=st.sampled_from(["woman", "man", "team", ""]),
    identity=some(("lgbtq", "faith", "lived", "style_gentle")),
    capacity=st.integers(0, 3),
    paused=st.booleans(),
)
DIRECTORIES = st.lists(ENTRIES, max_size=25, unique_by=lambda entry: entry.id).map(
    lambda entries: Directory(tuple(entries))
)
ANSWERS = st.fixed_dictionaries(
    {"country": st.sampled_from(PLACES).map(lambda code: [code])},
    optional={
        "mode": some(MODES).map(list),
        "goals": some(GOALS).map(list),
        "times": some(("day", "evening", "weekend", "any", "now", "week", "later")).map(list),
        "pay": some(("medicaid", "insurance", "free", "self_pay")).map(list),
        "plan": some(("aetna", "cigna", "other")).map(list),
        "prefer": some((*WISHES, "en", "es")).map(list),
        "budget": st.sampled_from([["40"], ["150"], ["more"], []]),
        "stopping": st.sampled_from([["yes"], ["no"], []]),
        "health": st.sampled_from([["pregnant"], ["injected", "pregnant"], ["none"], []]),
        "substance": st.sampled_from([["opioids"], ["alcohol"], []]),
    },
)


def asked_in(answers: dict[str, list[str]]) -> set[str]:
    """The languages asked for; that of the chat when none was."""
    return {"en", "es"} & set(answers.get("prefer", ())) or {"en"}


def shown(directory: Directory, answers: dict[str, list[str]], most: int = 10_000) -> list[Entry]:
    """Everybody who may be shown, best first."""
    return [match.entry for match in matching.find(directory, matching.wishes(answers, "en"), most=most)]


@settings(max_examples=150, deadline=None)
@given(DIRECTORIES, ANSWERS)
def test_no_hard_filter_is_ever_broken(directory: Directory, answers: dict[str, list[str]]) -> None:
    for entry in shown(directory, answers):
        assert set(answers["country"]) & set(entry.licensed)
        assert "adult" in entry.ages
        assert entry.capacity > 0
        assert not entry.paused
        assert entry.interpreter or asked_in(answers) & set(entry.languages)
        assert not answers.get("mode") or set(answers["mode"]) & set(entry.modes)
        assert answers.get("stopping") != ["yes"] or "withdrawal" in entry.needs
        assert "pregnant" not in answers.get("health", ()) or "pregnancy" in entry.needs
        wished = answers.get("prefer", [])
        assert "not_man" not in wished or entry.gender not in {"man", ""}
        assert "not_woman" not in wished or entry.gender not in {"woman", ""}
        assert "not_faith" not in wished or "faith" not in entry.identity


@settings(max_examples=150, deadline=None)
@given(DIRECTORIES, ANSWERS, st.sampled_from(["goals", "times", "pay", "prefer", "budget"]), st.data())
def test_one_more_wish_never_lets_somebody_in(
    directory: Directory, answers: dict[str, list[str]], step: str, data: st.DataObject
) -> None:
    options = {
        "goals": GOALS,
        "times": ("day", "evening", "now"),
        "pay": ("free",),
        "prefer": WISHES,
        "budget": ("80",),
    }
    wish = data.draw(st.sampled_from(options[step]))
    more = answers | {step: [*answers.get(step, []), wish]}
    before = {entry.id for entry in shown(directory, answers)}
    assert {entry.id for entry in shown(directory, more)} <= before


@settings(max_examples=100, deadline=None)
@given(DIRECTORIES, ANSWERS, st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_the_list_does_not_matter(
    directory: Directory, answers: dict[str, list[str]], random: object, seed: int
) -> None:
    mixed = list(directory.entries)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    wished = matching.wishes(answers, "en")
    first = [match.entry.id for match in matching.find(directory, wished, seed=seed)]
    second = [match.entry.id for match in matching.find(Directory(tuple(mixed)), wished, seed=seed)]
    assert first == second


@settings(max_examples=100, deadline=None)
@given(DIRECTORIES, ANSWERS)
def test_a_name_decides_nothing(directory: Directory, answers: dict[str, list[str]]) -> None:
    renamed = Directory(
        tuple(
            msgspec.structs.replace(entry, name=f"Z{number}")
            for number, entry in enumerate(directory.entries)
        )
    )
    assert [e.id for e in shown(directory, answers)] == [e.id for e in shown(renamed, answers)]


def entry(entry_id: str, **changes: object) -> Entry:
    """Somebody who fits unless changed."""
    plain = Entry(
        id=entry_id,
        name=entry_id,
        about={"en": "a test"},
        licensed=("US-OH",),
        goals=("stop",),
        modes=("video",),
        languages=("en",),
        capacity=1,
    )
    return msgspec.structs.replace(plain, **changes)


OHIO = {"country": ["US-OH"]}


def test_more_room_comes_first_among_equals_and_then_the_draw_turns_each_day() -> None:
    directory = Directory((entry("a"), entry("b"), entry("c"), entry("d", capacity=5)))
    orders = {
        tuple(m.entry.id for m in matching.find(directory, matching.wishes(OHIO, "en"), seed=day))
        for day in range(20)
    }
    assert {order[0] for order in orders} == {"d"}
    assert {order[1] for order in orders} == {"a", "b", "c"}  # nobody stays first


def test_a_country_where_licences_are_by_state_is_no_licence() -> None:
    directory = Directory((entry("a"),))
    assert shown(directory, {"country": ["US"]}) == []
    assert shown(directory, {"country": ["US"], "state": ["US-OH"]})


def test_what_was_not_asked_counts_for_nothing() -> None:
    few = matching.find(Directory((entry("a", payment=("free",)),)), matching.wishes(OHIO, "en"))
    assert few[0].points == 100.0


def test_the_mode_named_first_weighs_most() -> None:
    directory = Directory((entry("a", modes=("phone",)), entry("b", modes=("video",))))
    assert [e.id for e in shown(directory, OHIO | {"mode": ["video", "phone"]})] == ["b", "a"]
    assert [e.id for e in shown(directory, OHIO | {"mode": ["phone", "video"]})] == ["a", "b"]


def test_an_empty_result_says_which_answer_keeps_people_out() -> None:
    directory = Directory((entry("a"), entry("b", languages=("es",)), entry("c", licensed=("GB",))))
    told = matching.explain(directory, matching.wishes(OHIO | {"mode": ["phone"]}, "en"))
    assert (told.total, told.fitting) == (3, 0)
    assert told.loosen == ["mode"]
    assert told.left_out == {"mode": 3, "language": 1, "place": 1}


def test_a_card_says_why_what_is_missing_and_what_is_not_known(library: content.Library) -> None:
    voice = Voice(library, "en", "US", AT)
    some = entry("a", payment=("medicaid",), wait_days=2, verified_on=dt.date(2026, 11, 1))
    answers = OHIO | {
        "goals": ["stop", "trauma"],
        "pay": ["medicaid"],
        "times": ["evening", "now"],
    }
    match = matching.find(Directory((some,)), matching.wishes(answers, "en"))[0]
    card = matching.card(match, Directory((some,)), voice)
    assert (
        "Shown because: works with: stop using; room within days; takes Medicaid; speaks English."
        in card.text
    )
    assert "Not met: trauma." in card.text
    assert "Not known: which times." in card.text
    assert "made" not in card.text


def test_every_card_of_the_sample_says_that_it_is_made_up(library: content.Library) -> None:
    sample = matching.load(content.ROOT / "directory" / "sample.yml")
    assert len(sample.entries) >= 40
    for lang, word in (("en", "made-up"), ("es", "inventad")):
        voice = Voice(library, lang, "US", AT)  # type: ignore[arg-type]
        for one in sample.entries:
            wished = matching.Wishes(places=tuple(f"place/{code}" for code in one.licensed))
            found = matching.find(
                Directory((one,), sample=True), replace(wished, languages=("language/en", "language/es"))
            )
            for match in found:
                text = matching.card(match, sample, voice).text.lower()
                assert word in text or "do not exist" in text or "no existen" in text
                assert "{" not in text
