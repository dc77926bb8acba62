"""Accounts of the console: roles, leaving, the verbs that make them, and the audit log of what was done."""

from __future__ import annotations

from typing import Any

import pytest
from consoles import account, desk, post, token_of
from house import House
from starlette.testclient import TestClient

from bot.cli import main
from bot.console import audit
from bot.crypt import Vault
from bot.db import Database
from bot.models import Audit


def test_a_change_of_role_ends_every_session_at_once(house: House, client: TestClient) -> None:
    ana = desk(house, client, "ana", "supervisor")
    anas = client.cookies["lantern"]
    boss = desk(house, client, "boss", "administrator")
    assert boss.post(f"/staff/{ana.id}/change", {"role": "editor"}).status_code == 204
    client.cookies.set("lantern", anas)
    assert ana.get("/me").status_code == 401


def test_administrators_keep_accounts(house: House, client: TestClient) -> None:
    boss = desk(house, client, "boss", "administrator")
    made = boss.post("/staff", {"login": "rosa", "name": "Rosa", "role": "counsellor"}).json()
    assert post(client, "/enrol/begin", {"token": token_of(made["link"])}).json()["login"] == "rosa"
    assert boss.post("/staff", {"login": "rosa", "name": "R", "role": "counsellor"}).status_code == 409
    assert boss.post("/staff", {"login": "luz", "name": "R", "role": "king"}).status_code == 400
    path = f"/staff/{made['id']}"
    assert boss.post(f"{path}/change", {"capacity": 2, "languages": "es,en"}).status_code == 204
    assert boss.post(f"{path}/change", {"capacity": 99}).status_code == 400
    assert boss.post(f"{path}/change", {"role": "king"}).status_code == 400
    assert boss.post(f"/staff/{boss.id}/change", {"role": "editor"}).status_code == 409
    assert boss.post(f"/staff/{boss.id}/leave").status_code == 409
    assert token_of(boss.post(f"{path}/link").json()["link"]) != token_of(made["link"])
    assert [one["login"] for one in boss.get("/staff").json()] == ["boss", "rosa"]
    assert boss.post(f"{path}/leave").status_code == 204
    assert boss.post(f"{path}/leave").status_code == 404


def test_the_audit_log_shows_any_change(house: House, client: TestClient) -> None:
    desk(house, client, "ana").delete("/session")
    desk(house, client, "rosa").delete("/session")
    with house.kit.database.begin() as session:
        assert audit.broken_at(session) is None
        assert audit.last(session)[0] == 2
        session.get_one(Audit, 1).action = "nothing.happened"
    with house.kit.database.begin() as session:
        assert audit.broken_at(session) == 1
        session.delete(session.get_one(Audit, 1))
    with house.kit.database.begin() as session:
        assert audit.broken_at(session) == 1


def test_an_empty_audit_log_fits(house: House) -> None:
    with house.kit.database.read() as session:
        assert audit.broken_at(session) is None
        assert audit.last(session) == (0, "")


def test_the_verbs_make_an_account_and_verify_the_log(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANTERN_VAR", str(tmp_path / "var"))

    def run(*argv: str) -> Any:
        with pytest.raises(SystemExit) as ended:
            main(argv)
        return ended.value.code

    assert run("add-counsellor", "ana@example.org", "--name", "Ana", "--role", "supervisor") == 0
    assert "/console/#enrol=" in capsys.readouterr().out
    assert run("add-counsellor", "ana@example.org") == 1
    assert run("audit", "verify") == 0
    assert run("audit", "verify", "--at-least", "99") == 1
    kit_url = f"sqlite:///{tmp_path / 'var' / 'lantern.db'}"
    database = Database(kit_url, _vault(tmp_path))
    with database.begin() as session:
        session.get_one(Audit, 1).actor = "somebody else"
    database.close()
    assert run("audit", "verify") == 1
    assert "entry 1" in capsys.readouterr().err


def _vault(tmp_path: Any) -> Any:
    return Vault.from_text((tmp_path / "var" / "keys.secret").read_text())


def test_an_account_cannot_be_found_once_it_left(house: House, client: TestClient) -> None:
    rosa = account(house, "rosa")
    boss = desk(house, client, "boss", "administrator")
    boss.post(f"/staff/{rosa}/leave")
    assert boss.post(f"/staff/{rosa}/link").status_code == 404
