"""The environment, read once. Every variable starts with LANTERN_ and stands in docs/operations.md."""

from __future__ import annotations

import base64
import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from bot.errors import SettingsError

PREFIX = "LANTERN_"
Table = TypeVar("Table", "Site", "Partner")


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A web site that may embed the widget: its Origin and what it says about its visitors."""

    origin: str
    country: str | None = None
    languages: tuple[str, ...] = ("en", "es")


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system that is told of events by signed webhook; no `events`: all of them."""

    name: str
    url: str
    secrets: tuple[str, ...]
    events: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        local = self.url.startswith(("http://127.0.0.1", "http://localhost"))
        if not self.url.startswith("https://") and not local:
            raise ValueError(f"partner {self.name}: the url must start with https://")
        if self.name == "slack" or not 0 < len(self.name) <= 40:
            raise ValueError(f"partner {self.name}: choose another name, of at most 40 letters")
        if not self.secrets or not all(map(_is_webhook_secret, self.secrets)):
            raise ValueError(f"partner {self.name}: secrets are 'whsec_' and base64 of 24 bytes or more")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation can set. `var` holds the database and the secrets of a first run."""

    var: Path = Path("var")
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    keys: str = ""
    rasa_url: str = ""
    rasa_secret: str = ""
    rasa_port: int = 5005
    actions_port: int = 5055
    content: Path | None = None
    sites: tuple[Site, ...] = ()
    partners: tuple[Partner, ...] = ()
    smtp: str = ""
    mail_from: str = ""
    production: bool = False
    dialogue_seconds: float = 5.0
    workers: int = 2
    senders: int = 2
    starts_per_minute: int = 120
    disclosure_hours: float = 3.0
    disclosure_minor_hours: float = 1.0
    disclosure_days: float = 7.0
    unclaimed_minutes: float = 10.0
    hours: Path = Path("hours.toml")
    idle_minutes: float = 15.0
    session_hours: float = 12.0
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    chatwoot_url: str = ""
    chatwoot_account: int = 0
    chatwoot_inbox: int = 0
    chatwoot_token: str = ""
    chatwoot_secret: str = ""
    # Variables of single channels by their full names; each channel reads its own.
    channels: dict[str, str] = {}

    def __post_init__(self) -> None:
        if not self.smtp:
            return
        kind, host = urlsplit(self.smtp).scheme, urlsplit(self.smtp).hostname
        if kind not in {"smtp", "smtps"} or not host:
            raise ValueError("SMTP is smtps://user:password@host or smtp://user:password@host:587")
        if "@" not in self.mail_from:
            raise ValueError("SMTP needs MAIL_FROM, the address that requests are sent from")

    @property
    def url(self) -> str:
        """The address people reach us at, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL; SQLite in `var` unless set."""
        return self.database or f"sqlite:///{self.var.resolve() / 'lantern.db'}"


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment and sites.toml; raises SettingsError with the way out."""
    known = {field.name: field for field in msgspec.structs.fields(Settings)}
    given, others = {}, {}
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        if (key := name.removeprefix(PREFIX).lower()) in known and key != "channels":
            given[key] = value
        else:
            others[name] = value
    sites = Path(given.pop("sites", "sites.toml"))
    partners = Path(given.pop("partners", "partners.toml"))
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"a LANTERN_ variable has a wrong value: {error}") from None
    return msgspec.structs.replace(
        settings, sites=_tables(sites, Site), partners=_tables(partners, Partner), channels=others
    )


def _path(kind: type, value: object) -> object:
    """Folders and files come as text."""
    return Path(str(value)) if issubclass(kind, Path) else value


def _tables(path: Path, kind: type[Table]) -> tuple[Table, ...]:
    """Sites or partners from TOML tables `[[site]]`, `[[partner]]`; raises SettingsError naming the file."""
    if not path.exists():
        return ()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get(kind.__name__.lower(), [])
        return tuple(msgspec.convert(table, kind) for table in tables)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{path}: {error}; see {path.name} in docs/operations.md") from None


def _is_webhook_secret(secret: str) -> bool:
    try:
        return secret.startswith("whsec_") and len(base64.b64decode(secret[6:], validate=True)) >= 24
    except ValueError:
        return False


def with_secrets(settings: Settings) -> Settings:
    """The same settings with every secret filled in.

    A first run writes them to `var/` (mode 0700). In production they must come from the
    environment: raises SettingsError naming what is missing.
    """
    missing = [name for name in ("keys", "rasa_secret") if not getattr(settings, name)]
    if missing and settings.production:
        names = ", ".join(PREFIX + name.upper() for name in missing)
        raise SettingsError(f"in production set {names}; nothing is generated there")
    made = {name: _kept_secret(settings.var, name) for name in missing}
    return msgspec.structs.replace(settings, **made)


def _kept_secret(var: Path, name: str) -> str:
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    var.chmod(0o700)
    path = var / f"{name}.secret"
    if not path.exists():
        if name == "keys" and (var / "lantern.db").exists():
            raise SettingsError(f"{path} is gone but its database is there; restore the key file")
        path.touch(mode=0o600)
        path.write_text(_fresh_secret(name), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _fresh_secret(name: str) -> str:
    if name == "keys":
        return base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)
