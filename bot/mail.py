"""E-mail to a therapist: a request that a person agreed to, or that it was taken back.

The words are `content/letters`. A row of `dispatch` holds ids and the therapist's address; the letter
is read, with its key, only while it is sent.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Letter, Voice, known_lang, letters
from bot.crypt import Vault
from bot.errors import Refused, TryLater
from bot.matching import Entry
from bot.models import Dispatch, MatchRequest
from bot.stage import Kit

TARGET = "mail"
SECONDS = 20.0
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
# A server says so when it will never take a mail; a wrong password may be put right meanwhile.
_PERMANENT = 500
_SIGN_IN = frozenset({530, 534, 535, 538})


def takes(kit: Kit, entry: Entry) -> bool:
    """True if a request to this entry leaves by e-mail."""
    return bool(kit.settings.smtp) and "@" in entry.send_to


def put(session: Session, request: MatchRequest, entry: Entry, at: dt.datetime) -> None:
    """Queue the e-mail with a request, in the caller's transaction."""
    body = {"request": request.id, "to": entry.send_to, "name": entry.name}
    body["lang"] = known_lang(request.conversation.language)
    session.add(_row(request, "sent", body, at))


def take_back(session: Session, request: MatchRequest, at: dt.datetime) -> None:
    """Stop an e-mail that is not out yet; for one that may be, queue word that the request is withdrawn."""
    first = session.scalar(
        select(Dispatch).where(Dispatch.target == TARGET, Dispatch.source == _source(request, "sent"))
    )
    if first is None:
        return
    tried = first.attempts > 0
    if first.state == "queued":
        first.state, first.failure = "dead", "withdrawn"
    if tried:
        session.add(_row(request, "withdrawn", first.body, at))


def state(session: Session, request: MatchRequest) -> str:
    """How the e-mail with a request stands: queued, sent or dead; "" where there is none."""
    query = select(Dispatch.state).where(
        Dispatch.target == TARGET, Dispatch.source == _source(request, "sent")
    )
    return session.scalar(query) or ""


def token(vault: Vault, request_id: str) -> str:
    """What proves that somebody holds the e-mail with a request."""
    return vault.lookup_hash("request", request_id)[:32]


def send(kit: Kit, row: Dispatch) -> None:
    """Hand one e-mail to the server. Raises Refused for good, TryLater for now."""
    message = _composed(kit, row)
    where = urlsplit(kit.settings.smtp)
    context = ssl.create_default_context()
    try:
        with _connected(where.scheme, where.hostname or "", where.port, context) as server:
            if where.username:
                server.login(unquote(where.username), unquote(where.password or ""))
            server.send_message(message, kit.settings.mail_from, [row.body["to"]])
    except smtplib.SMTPResponseException as error:
        raise _judged(error.smtp_code) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _judged(max(code for code, _ in error.recipients.values())) from None
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater("the mail server did not take the mail", code=type(error).__name__) from None


def _connected(scheme: str, host: str, port: int | None, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection that is encrypted, except on this very machine."""
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, port or 587, timeout=SECONDS)
    try:
        if host not in _LOCAL:
            server.starttls(context=context)
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


def _composed(kit: Kit, row: Dispatch) -> EmailMessage:
    """The mail in the language of its letter. Raises Refused when the request was withdrawn meanwhile."""
    written = letters.words(Voice(kit.library, known_lang(row.body["lang"]), None, kit.now()))
    if written is None:
        raise TryLater("content/letters has no letter", code="no_letter")
    template: Letter = written.withdrawn if row.kind == "match.withdrawn" else written.request
    number = row.body["request"]
    values = {"name": row.body["name"], "number": number[-8:], "letter": "", "link": ""}
    if row.kind != "match.withdrawn":
        values["letter"] = _letter(kit, number)
        values["link"] = f"{kit.settings.url}/requests/{number}/{token(kit.database.vault, number)}"
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = kit.settings.mail_from, row.body["to"]
    message["Subject"] = template.subject.format_map(values)
    message["Date"] = format_datetime(row.created_at)
    # The same on each try, so that a mail that came twice is seen as one.
    message["Message-ID"] = f"<{row.id}@{kit.settings.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(template.text.format_map(values))
    return message


def _letter(kit: Kit, request_id: str) -> str:
    with kit.database.read() as session:
        request = session.get(MatchRequest, request_id)
        letter = request.letter if request and request.state != "withdrawn" else None
    if not letter:
        raise Refused("the request was taken back", code="withdrawn")
    return str(letter)


def _judged(code: int) -> Refused | TryLater:
    if code >= _PERMANENT and code not in _SIGN_IN:
        return Refused("the mail server will not take this mail", code=str(code))
    return TryLater("the mail server did not take the mail", code=str(code))


def _source(request: MatchRequest, word: str) -> str:
    return f"match:{request.id}:{word}"


def _row(request: MatchRequest, word: str, body: dict[str, str], at: dt.datetime) -> Dispatch:
    source = _source(request, word)
    return Dispatch(target=TARGET, source=source, kind=f"match.{word}", body=body, due_at=at, created_at=at)
