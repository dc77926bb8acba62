"""What people type at a question is read as they meant it: slips, slang, denial, doubt, barriers."""

from __future__ import annotations

import pytest

from bot import content
from bot.content import Lang, Library
from bot.guide import answers, evidence
from bot.guide.tongue import tongue

# Protocol, step, language, what is typed, and the answer (an option, a barrier after the slash).
TYPED: list[tuple[str, str, Lang, str, str]] = [
    ("S5", "first", "en", "dont tell my mom", "/secret"),
    ("S5", "first", "en", "are you a robot", "/are_you_real"),
    ("O1", "awake", "en", "can i talk to a real person please", ""),
    ("O1", "awake", "es", "quiero hablar con una persona", ""),
    ("common", "cannot_call", "en", "ok can u find me a therapist", ""),
    ("common", "cannot_call", "en", "ok my mom can do it", "yes"),
    ("common", "cannot_call", "es", "vale, me buscas un terapeuta", ""),
    ("M1", "now", "en", "no fever i think", ""),
    ("M1", "now", "en", "no signal here", "/no_credit"),
    ("M1", "first", "en", "no fever i think", "no"),
    ("M1", "first", "es", "no tengo fiebre creo", "no"),
    ("O1", "first", "es", "no respira", "no"),
    ("O1", "first", "es", "no esta respirando", "no"),
    ("O1", "first", "es", "si respira", "yes"),
    ("O1", "first", "es", "sí, respira", "yes"),
    ("O1", "first", "es", "apenas respira", "no"),
    ("O1", "first", "es", "esta boqueando", "no"),
    ("O1", "first", "es", "creo q si respira", "unsure"),
    ("O1", "first", "es", "sigue sin respirar", "no"),
    ("O1", "first", "es", "sigue morado", "no"),
    ("O1", "first", "es", "no no respira", "no"),
    ("O1", "first", "es", "no se si respira", "no"),
    ("O1", "first", "es", "no sé", "unsure"),
    ("O1", "first", "es", "soy yo", "me"),
    ("O1", "first", "es", "no repira", "no"),
    ("O1", "first", "es", "ronca raro", "no"),
    ("O1", "first", "es", "estaba morado pero ya respira", "yes"),
    ("O1", "breaths", "es", "no tengo naloxona", "none"),
    ("O1", "breaths", "es", "no tengo", "none"),
    ("O1", "breaths", "es", "ya se la di", "done"),
    ("O1", "breaths", "es", "le di una", "done"),
    ("O1", "breaths", "es", "la estoy buscando", "no"),
    ("O1", "breaths", "es", "todavia no", "not_yet"),
    ("O1", "breaths", "es", "si", "done"),
    ("O1", "wait_dose", "es", "esta tosiendo", "yes"),
    ("O1", "wait_dose", "es", "nada", "no"),
    ("O1", "wait_dose", "es", "sigue igual", "no"),
    ("O1", "recovery", "es", "ya esta de lado", "done"),
    ("O1", "stay", "es", "llegaron", "yes"),
    ("O1", "stay", "es", "aun no llegan", "no"),
    ("O1", "stay", "es", "ya están aquí", "yes"),
    ("O1", "stay", "es", "dejó de respirar", "slow"),
    ("S2", "first", "es", "si", "yes"),
    ("S2", "first", "es", "no quiero morir", "no"),
    ("S2", "first", "es", "no", "no"),
    ("S2", "first", "es", "a veces", "yes"),
    ("S2", "first", "es", "no sé", "unsure"),
    ("S2", "first", "es", "no puedo más", "yes"),
    ("K6", "first", "es", "no, está aquí", "no"),
    ("K6", "first", "es", "si estoy sola", "yes"),
    ("common", "check", "es", "no lo haría", "no"),
    ("common", "check", "es", "no", "no"),
    ("common", "safe_now", "es", "no, todos bien", "no"),
    ("common", "safe_now", "es", "sí, ya estoy a salvo", "no"),
    ("common", "safe_now", "es", "sí", "yes"),
    ("common", "safe_now", "en", "yes, i'm safe now", "no"),
    ("common", "safe_now", "en", "yes we are safe", "no"),
    ("common", "safe_now", "en", "yes im ok now", "no"),
    ("common", "safe_now", "en", "yes", "yes"),
    ("common", "safe_now", "en", "yes, i'm not safe", "yes"),
    ("common", "safe_now", "en", "yes my sister", "yes"),
    ("common", "joking", "es", "sí estoy bien", "yes"),
    ("common", "joking", "es", "no estoy bien", "no"),
    ("O1", "first", "en", "he's not breathing", "no"),
    ("O1", "first", "en", "no he is breathing", "yes"),
    ("O1", "breaths", "en", "no narcan", "none"),
    ("O1", "breaths", "en", "ok doing it", "not_yet"),
    ("O1", "wait_dose", "en", "he's coughing now", "yes"),
    ("O1", "first", "en", "he's breathing but barely", "no"),
    ("O1", "first", "en", "there's nobody breathing", "no"),
    # What they have at hand weighs more than being awake, and not waking more than both.
    ("K7", "awake", "en", "she said she has pills", "has_means"),
    ("K7", "awake", "en", "yes but she has pills", "has_means"),
    ("K7", "awake", "en", "no she won't wake up, she has pills", "no"),
    ("K7", "reach", "es", "dice que tiene pastillas", "has_means"),
    ("K7", "awake", "es", "no despierta, tiene pastillas", "no"),
    ("S2", "first", "es", "creo que no", "no"),
    ("S2", "first", "es", "para nada", "no"),
    ("S2", "person", "es", "mi hermana", "yes"),
    ("S2", "person", "es", "no tengo a nadie", "no"),
    ("S2", "person", "es", "estoy sola", "no"),
    ("S2", "means", "es", "tengo pastillas aki", "yes"),
    ("S2", "means", "es", "ya las tire", "no"),
    ("S2", "check", "es", "mejor", "yes"),
    ("S2", "first", "es", "mandarán a la policía?", "/police"),
    ("S5", "first", "es", "no puedo hablar en voz alta", "/cannot_talk"),
    ("S5", "first", "es", "no tengo saldo", "/no_credit"),
    ("S5", "first", "es", "llamé y nadie contestó", "/no_answer"),
    ("S5", "first", "en", "i called and nobody answered", "/no_answer"),
    ("S5", "first", "en", "will they send police", "/police"),
    ("S5", "first", "en", "no credit on my phone", "/no_credit"),
    ("S5", "first", "en", "i can't talk out loud", "/cannot_talk"),
    ("S5", "first", "en", "no. will they send the cops", "no/police"),
    ("O1", "first", "en", "i'm alone and he's not breathing", "no"),
    ("O1", "first", "en", "will i get arrested", "/arrest"),
    ("O1", "first", "en", "are you a real person", "/are_you_real"),
    ("M2", "first", "en", "i cant afford an ambulance", "/money"),
]


def read(library: Library, code: str, step_id: str, lang: Lang, text: str) -> str:
    step = library.guides[code, lang].step(step_id)
    assert step is not None
    barriers = library.guides["common", lang].steps[0]
    answer = answers.understand(step, text, tongue(library, lang), barriers=barriers)
    return "/".join(filter(None, ("".join(answer.options[:1]), answer.barrier)))


@pytest.mark.parametrize(("code", "step", "lang", "text", "meant"), TYPED)
def test_a_typed_answer_is_read_as_it_was_meant(
    library: Library, code: str, step: str, lang: Lang, text: str, meant: str
) -> None:
    assert read(library, code, step, lang, text) == meant.removeprefix("/")


@pytest.mark.parametrize("code", ["O1", "O2", "S2", "S5", "SH", "K6", "K7", "M2", "common"])
def test_a_question_about_danger_is_known_as_one_in_both_languages(library: Library, code: str) -> None:
    """Where "yes" and "no" weigh unequally in English they do in Spanish."""
    for step in library.guides[code, "en"].steps:
        twin = library.guides[code, "es"].step(step.id)
        assert twin is not None
        english = evidence.question(step, tongue(library, "en"))
        spanish = evidence.question(twin, tongue(library, "es"))
        guarded = {"suicide", "breathing", "help_here", "means"}
        assert {f.id for f in english.frames} & guarded == {f.id for f in spanish.frames} & guarded, step.id


def test_the_words_of_answers_keep_their_rules(library: Library) -> None:
    frames = [frame for lang in content.LANGS for frame in library.grammar[lang].frames]
    assert all(frame.asks and not set(frame.yes) & set(frame.no) for frame in frames)
