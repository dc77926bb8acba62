"""The twelve states of the widget, each reached as a person reaches it. Used for axe, geometry and pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fake_gateway import Gateway
from person import Person

GREETING: dict[str, list[dict[str, Any]]] = {
    "en": [
        {
            "author": "notice",
            "text": "I am Lantern, an automated program. I am not a person, and not emergency care.",
        },
        {
            "author": "bot",
            "text": "Hello. You can ask about marks, health or safety. Or tell me how you are. What would help now?",
            "choices": [
                {"id": "1", "label": "Marks on the skin"},
                {"id": "2", "label": "A wound"},
                {"id": "3", "label": "Someone I love"},
                {"id": "4", "label": "Talk to a person"},
            ],
        },
    ],
    "es": [
        {
            "author": "notice",
            "text": "Soy Lantern, un programa automático. No soy una persona ni atención de emergencia.",
        },
        {
            "author": "bot",
            "text": "Hola. Puedes preguntar por marcas, salud o seguridad. O dime cómo estás. ¿Qué te ayudaría ahora?",
            "choices": [
                {"id": "1", "label": "Marcas en la piel"},
                {"id": "2", "label": "Una herida"},
                {"id": "3", "label": "Alguien que quiero"},
                {"id": "4", "label": "Hablar con alguien"},
            ],
        },
    ],
}

QUESTION = {"en": "I have a lump on my arm. Should I pop it?", "es": "Tengo un bulto en el brazo. ¿Lo aprieto?"}

ANSWER: dict[str, dict[str, Any]] = {
    "en": {
        "title": "A lump that may be an abscess",
        "text": (
            "An abscess is a pocket of pus under the skin. It can feel hot and sore.\n\n"
            "What helps today:\n- Put a warm, moist cloth on it for 15 minutes, 4 times a day.\n"
            "- Keep it clean and covered.\n- Do not squeeze or cut it.\n- See a doctor or nurse today.\n\n"
            "Call 911 now if red lines spread from it, or if you have a fever or shakes. "
            "SAMHSA can help you find care: 1-800-662-4357."
        ),
        "choices": [
            {"id": "5", "label": "Wound care"},
            {"id": "6", "label": "When it is urgent"},
            {"id": "7", "label": "Find a clinic"},
        ],
    },
    "es": {
        "title": "Un bulto que puede ser un absceso",
        "text": (
            "Un absceso es una bolsa de pus bajo la piel. Puede sentirse caliente y doler.\n\n"
            "Qué ayuda hoy:\n- Pon un paño tibio y húmedo 15 minutos, 4 veces al día.\n"
            "- Mantenlo limpio y cubierto.\n- No lo aprietes ni lo cortes.\n- Ve hoy a consulta médica.\n\n"
            "Llama al 911 ya si salen líneas rojas, o si tienes fiebre o escalofríos. "
            "SAMHSA ayuda a encontrar atención: 1-800-662-4357."
        ),
        "choices": [
            {"id": "5", "label": "Cuidar la herida"},
            {"id": "6", "label": "Cuándo es urgente"},
            {"id": "7", "label": "Buscar una clínica"},
        ],
    },
}

QUESTIONNAIRE: dict[str, dict[str, Any]] = {
    "en": {
        "text": "How would you like to talk with a therapist? You can pick one, or write it.",
        "choices": ["Phone", "Video", "Live chat", "Skip", "Why do you ask?"],
    },
    "es": {
        "text": "¿Cómo quieres hablar con un terapeuta? Puedes elegir, o escribirlo.",
        "choices": ["Teléfono", "Video", "Chat en vivo", "Saltar", "¿Por qué preguntas?"],
    },
}

Prepare = Callable[[Person, Gateway, str], None]


def closed(person: Person, gateway: Gateway, lang: str) -> None:
    """Only launcher and emergency link."""
    person.launcher.wait_for()


def notice(person: Person, gateway: Gateway, lang: str) -> None:
    """Opened for the first time: the notice stands before the first message."""
    person.open()


def started(person: Person, gateway: Gateway, lang: str) -> None:
    """Agreed: disclosure and greeting with choices."""
    gateway.greeting = GREETING[lang]
    person.start()
    person.sees(GREETING[lang][1]["text"])


def answer(person: Person, gateway: Gateway, lang: str) -> None:
    """A passage with list, sources, review line, choices, feedback."""
    started(person, gateway, lang)
    reviewed = {"by": "pending", "on": None, "due": "2027-05-23"}
    sources = [
        {"title": "NHS: Abscess", "url": "https://www.nhs.uk/conditions/abscess/"},
        {"title": "MedlinePlus: Skin abscess", "url": "https://medlineplus.gov/ency/article/000863.htm"},
    ]
    reply = {**ANSWER[lang], "reviewed": reviewed, "sources": sources, "feedback": True}
    gateway.reply = lambda text: [reply]
    person.write(QUESTION[lang])
    person.sees(ANSWER[lang]["title"])


def sources(person: Person, gateway: Gateway, lang: str) -> None:
    """The sources unfolded."""
    answer(person, gateway, lang)
    person.log.locator("summary").click()


def offline(person: Person, gateway: Gateway, lang: str) -> None:
    """No connection: the message waits and says so."""
    started(person, gateway, lang)
    gateway.refuse = 503
    gateway.drop_streams()
    person.write(QUESTION[lang])
    person.log.locator(".st button").wait_for()


def waiting(person: Person, gateway: Gateway, lang: str) -> None:
    """Waiting for a counsellor: place and time."""
    started(person, gateway, lang)
    gateway.put("state", holder="requested", place=2, wait_minutes=5)
    person.page.locator("lantern-chat .card").wait_for()


def counsellor(person: Person, gateway: Gateway, lang: str) -> None:
    """Ana is here, and is writing."""
    started(person, gateway, lang)
    text = {"en": "I am Ana. I have read this. I am here with you.", "es": "Soy Ana. Ya lo leí. Estoy aquí contigo."}
    gateway.put("state", holder="claimed", name="Ana")
    gateway.say(text[lang], "counsellor", name="Ana")
    person.sees(text[lang])
    gateway.put("typing", who="counsellor", on=True)
    person.page.locator("lantern-chat div.line").wait_for()


def off_hours(person: Person, gateway: Gateway, lang: str) -> None:
    """Nobody is on shift: numbers, and a call-back is offered."""
    started(person, gateway, lang)
    text = {"en": "We can call you back tomorrow from 9:00.", "es": "Podemos llamarte mañana desde las 9:00."}
    label = {"en": "Ask for a call-back", "es": "Pedir una llamada"}
    gateway.put("state", holder="bot", open=False)
    gateway.say(text[lang], "notice", choices=[{"id": "8", "label": label[lang]}])
    person.sees(text[lang])


def crisis(person: Person, gateway: Gateway, lang: str) -> None:
    """Safety text with numbers to call."""
    started(person, gateway, lang)
    text = {
        "en": "Thank you for telling me. Please call 911 now, or call or text 988. Are you safe right now?",
        "es": "Gracias por decírmelo. Llama ya al 911, o al 988. ¿Estás a salvo ahora?",
    }
    labels = {"en": ("Call 911", "Text 988", "Yes", "No"), "es": ("Llamar 911", "Texto 988", "Sí", "No")}[lang]
    gateway.put("state", holder="bot", risk=True)
    gateway.say(
        text[lang],
        "safety",
        numbers=[{"label": labels[0], "href": "tel:911"}, {"label": labels[1], "href": "sms:988"}],
        choices=[{"id": "y", "label": labels[2]}, {"id": "n", "label": labels[3]}],
    )
    person.sees(labels[2])


def question(person: Person, gateway: Gateway, lang: str) -> None:
    """One question of the questionnaire, with progress."""
    started(person, gateway, lang)
    asked = QUESTIONNAIRE[lang]
    choices = [{"id": label, "label": label} for label in asked["choices"]]
    gateway.say(asked["text"], progress={"at": 3, "of": 12}, choices=choices)
    person.sees(asked["text"])


def menu(person: Person, gateway: Gateway, lang: str) -> None:
    """The menu over a running chat."""
    started(person, gateway, lang)
    person.page.locator("lantern-chat header .ic").first.click()
    person.page.locator("lantern-chat .menu").wait_for()


def ended(person: Person, gateway: Gateway, lang: str) -> None:
    """The chat has ended."""
    started(person, gateway, lang)
    gateway.put("closed")
    person.page.locator("lantern-chat .foot button").wait_for()


STATES: dict[str, Prepare] = {
    state.__name__: state
    for state in (
        closed,
        notice,
        started,
        answer,
        offline,
        waiting,
        counsellor,
        off_hours,
        crisis,
        question,
        menu,
        ended,
    )
}
