"""A request leaves by e-mail with the person's yes, nothing beyond it, and is taken back by e-mail too."""

from __future__ import annotations

import dataclasses
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from certificates import self_signed
from consoles import HERE, desk, visitor
from house import House
from postbox import Postbox
from seekers import ANA, FREELY, answer
from starlette.testclient import TestClient

from bot import app, dispatch, matching, requests
from bot.models import Alert, Conversation, Dispatch, MatchRequest

FROM = "requests@lantern.example"
LINK = re.compile(r"https?://[^\s/]+(/requests/\S+)")


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    server = Postbox()
    server.start()
    yield server
    server.stop()


def with_mail(house: House, url: str) -> House:
    """The house with this mail server, and a directory with somebody who gets requests by e-mail."""
    settings = msgspec.structs.replace(house.kit.settings, smtp=url, mail_from=FROM, public_url=HERE)
    house.kit = dataclasses.replace(house.kit, settings=settings)
    with house.kit.database.begin() as session:
        matching.replace(session, [ANA], house.clock(), "test")
    return house


@pytest.fixture
def seeker(house: House, postbox: Postbox) -> House:
    """Somebody has answered all questions and is shown Ana."""
    with_mail(house, f"smtp://lantern:pass%20word@127.0.0.1:{postbox.port}")
    answer(house, *FREELY["en"])
    return house


def ask(house: House) -> None:
    house.chooses("Ask Ana Real")
    house.chooses("Yes, send it")


def send(house: House) -> None:
    """Everything that is due goes out."""
    while dispatch.work(house.kit):
        pass


def mails(house: House) -> list[tuple[str, str, str]]:
    with house.kit.database.read() as session:
        rows = session.query(Dispatch).filter_by(target="mail").order_by(Dispatch.created_at, Dispatch.kind)
        return [(row.kind, row.state, row.failure) for row in rows]


def alerts(house: House) -> list[str]:
    with house.kit.database.read() as session:
        return [row.kind for row in session.query(Alert).all()]


def test_a_request_goes_out_once_word_for_word_and_nothing_else(seeker: House, postbox: Postbox) -> None:
    preview = seeker.chooses("Ask Ana Real").replies[0].text
    send(seeker)
    assert postbox.got == []  # looking at it sends nothing
    seeker.chooses("Yes, send it")
    send(seeker)
    send(seeker)
    [mail] = postbox.got
    assert (mail["To"], mail["From"], mail["Auto-Submitted"]) == (ANA.send_to, FROM, "auto-generated")
    text = mail.get_content()
    shown = [line for line in preview.splitlines() if line.startswith("- ")]
    assert len(shown) > 5
    assert all(line in text for line in shown)
    assert [line.strip() for line in text.splitlines() if line.startswith("- ")] == shown
    words = re.sub(r"https?://\S+|Request \w+", "", text)  # drawn by chance, they may hold any two digits
    assert not re.search(r"opioid|xanax|heroin|inject|shoot|lgbt|34|mood", words, re.IGNORECASE)
    assert "Stop using" not in mail["Subject"]
    assert postbox.passwords == [("lantern", "pass word")]
    assert mails(seeker) == [("match.sent", "sent", "")]


def test_una_peticion_en_espanol_sale_en_espanol(house: House, postbox: Postbox) -> None:
    with_mail(house, f"smtp://127.0.0.1:{postbox.port}")
    answer(house, *FREELY["es"], lang="es")
    house.chooses("Escribir a Ana Real")
    house.chooses("Sí, envíalo")
    send(house)
    [mail] = postbox.got
    assert "Tengo sitio" in mail.get_content()
    assert mail["Subject"].startswith("Petición")


def test_taking_it_back_is_told_to_the_therapist(seeker: House, postbox: Postbox) -> None:
    ask(seeker)
    send(seeker)
    seeker.chooses("Take it back")
    send(seeker)
    sent, withdrawn = postbox.got
    number = re.search(r"Request (\w+)", sent.get_content())
    assert number
    assert number[1] in withdrawn["Subject"]
    assert "delete" in withdrawn.get_content()
    assert "614 555 0100" not in withdrawn.get_content()


def test_what_was_taken_back_before_it_left_never_leaves(seeker: House, postbox: Postbox) -> None:
    ask(seeker)
    seeker.says("take it back")
    send(seeker)
    assert postbox.got == []
    assert mails(seeker) == [("match.sent", "dead", "withdrawn")]
    assert "match.undelivered" not in alerts(seeker)


def test_deleting_everything_also_tells_the_therapist(seeker: House, postbox: Postbox) -> None:
    ask(seeker)
    send(seeker)
    seeker.says("yes, delete")
    seeker.later(minutes=2)
    with seeker.kit.database.read() as session:
        assert session.query(MatchRequest).count() == 0
    send(seeker)
    assert [mail["Subject"].split(":")[0] for mail in postbox.got][1:] == ["Taken back"]


def test_deleting_the_chat_on_the_website_also_tells_the_therapist(house: House, postbox: Postbox) -> None:
    with_mail(house, f"smtp://127.0.0.1:{postbox.port}")
    with TestClient(app.create(house.kit, work=False), base_url=HERE) as browser:
        maria = visitor(house, browser)
        with house.kit.database.begin() as session:
            conversation = session.get_one(Conversation, maria.conversation)
            requests.send(session, house.kit, conversation, ANA, "- Goals: Trauma", house.clock())
        send(house)
        assert browser.delete("/api/conversation", headers=maria.headers).status_code == 204
    send(house)
    assert [mail["Subject"].split(":")[0] for mail in postbox.got][1:] == ["Taken back"]


@pytest.mark.parametrize("says", ["451 busy", "421 going down"])
def test_a_server_that_is_busy_is_asked_again_with_the_same_mail(
    seeker: House, postbox: Postbox, says: str
) -> None:
    postbox.says = says
    ask(seeker)
    send(seeker)
    assert mails(seeker) == [("match.sent", "queued", says[:3])]
    postbox.says = "250 taken"
    send(seeker)
    assert postbox.got == []  # not before its time
    seeker.clock.pass_(seconds=6)
    send(seeker)
    assert len(postbox.got) == 1
    assert mails(seeker)[0][1] == "sent"


def test_a_mail_taken_back_while_it_waits_for_another_try_is_not_sent(
    seeker: House, postbox: Postbox
) -> None:
    postbox.says = "451 busy"
    ask(seeker)
    send(seeker)
    postbox.says = "250 taken"
    seeker.says("take it back")
    seeker.clock.pass_(seconds=6)
    send(seeker)
    assert [mail["Subject"].split(":")[0] for mail in postbox.got] == ["Taken back"]


def test_a_mail_that_is_refused_is_shown_to_staff(
    seeker: House, postbox: Postbox, client: TestClient
) -> None:
    postbox.says = "550 no such box"
    ask(seeker)
    send(seeker)
    assert mails(seeker) == [("match.sent", "dead", "550")]
    assert "match.undelivered" in alerts(seeker)
    [row] = desk(seeker, client, "ines").get("/requests").json()
    assert (row["mail"], row["send_to"]) == ("dead", ANA.send_to)


def test_a_server_that_is_away_or_unproven_gets_no_word(house: House, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    server = Postbox(ssl_context=context)
    server.start()
    try:
        with_mail(house, f"smtps://127.0.0.1:{server.port}")
        answer(house, *FREELY["en"])
        ask(house)
        send(house)
        assert server.got == []
        assert mails(house) == [("match.sent", "queued", "SSLCertVerificationError")]
    finally:
        server.stop()
    house.clock.pass_(seconds=6)
    send(house)
    assert mails(house)[0][1:] == ("queued", "ConnectionRefusedError")


def test_without_encryption_nothing_goes_to_another_machine(house: House) -> None:
    server = Postbox(hostname="127.0.0.2")  # as good as another machine: only 127.0.0.1 is this one
    server.start()
    try:
        with_mail(house, f"smtp://127.0.0.2:{server.port}")
        answer(house, *FREELY["en"])
        ask(house)
        send(house)
        assert server.got == []
        assert mails(house) == [("match.sent", "queued", "SMTPNotSupportedError")]
    finally:
        server.stop()


def link(postbox: Postbox) -> str:
    found = LINK.search(postbox.got[0].get_content())
    assert found
    return found[1]


@pytest.fixture
def mailed(seeker: House, postbox: Postbox) -> Iterator[TestClient]:
    """Ana has the mail and a browser."""
    ask(seeker)
    send(seeker)
    with TestClient(app.create(seeker.kit, work=False), base_url=HERE) as client:
        yield client


def test_the_therapist_answers_by_a_button_and_the_person_is_told(
    seeker: House, postbox: Postbox, mailed: TestClient
) -> None:
    page = mailed.get(link(postbox))
    assert "I have room" in page.text
    assert "614 555 0100" not in page.text
    assert "Ana Real said yes" not in seeker.heard()[-1]  # looking decides nothing
    assert "told" in mailed.post(link(postbox), data={"state": "taken"}).text
    assert "Ana Real" in seeker.heard()[-1]
    again = mailed.post(link(postbox), data={"state": "declined"})
    assert "not open any more" in again.text
    with seeker.kit.database.read() as session:
        assert [row.state for row in session.query(MatchRequest)] == ["taken"]


def test_after_a_withdrawal_the_page_says_that_it_is_over(
    seeker: House, postbox: Postbox, mailed: TestClient
) -> None:
    seeker.says("take it back")
    assert "not open any more" in mailed.get(link(postbox)).text
    assert "not open any more" in mailed.post(link(postbox), data={"state": "taken"}).text


def test_a_guessed_link_opens_nothing(seeker: House, postbox: Postbox, mailed: TestClient) -> None:
    where = link(postbox)
    assert mailed.get(where[:-1] + ("0" if where[-1] != "0" else "1")).status_code == 404
    assert mailed.post(where, data={"state": "sent"}).status_code == 400
    assert mailed.post(where, data={"state": "x" * 2000}).status_code == 413
