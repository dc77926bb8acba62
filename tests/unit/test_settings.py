"""The environment is read once; what is wrong with it is said by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings
from bot.errors import SettingsError


def test_every_kind_of_value_is_read() -> None:
    read = settings.read({"LANTERN_VAR": "/tmp/x", "LANTERN_PORT": "9000", "LANTERN_PRODUCTION": "true"})
    assert (read.var, read.port, read.production) == (Path("/tmp/x"), 9000, True)


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(SettingsError, match="port"):
        settings.read({"LANTERN_PORT": "many"})


def test_production_never_makes_up_a_secret() -> None:
    with pytest.raises(SettingsError, match="LANTERN_KEYS"):
        settings.with_secrets(settings.Settings(production=True))


def test_a_first_run_writes_its_secrets_once_for_its_owner_only(tmp_path: Path) -> None:
    made = settings.with_secrets(settings.Settings(var=tmp_path / "var"))
    again = settings.with_secrets(settings.Settings(var=tmp_path / "var"))
    assert made.keys == again.keys
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    assert (tmp_path / "var" / "keys.secret").stat().st_mode & 0o077 == 0


def test_a_database_without_its_key_refuses_to_start(tmp_path: Path) -> None:
    settings.with_secrets(settings.Settings(var=tmp_path))
    (tmp_path / "keys.secret").unlink()
    (tmp_path / "lantern.db").touch()
    with pytest.raises(SettingsError, match="restore the key"):
        settings.with_secrets(settings.Settings(var=tmp_path))


WRONG_MAIL = [
    {"LANTERN_SMTP": "mail.example"},
    {"LANTERN_SMTP": "smtps://mail.example"},
    {"LANTERN_SMTP": "https://mail.example", "LANTERN_MAIL_FROM": "requests@lantern.example"},
]


@pytest.mark.parametrize("environ", WRONG_MAIL)
def test_a_wrong_mail_setting_refuses_to_start_and_says_how_it_is_written(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="SMTP"):
        settings.read(environ)
