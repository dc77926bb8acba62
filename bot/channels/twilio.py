"""Twilio: text messages and WhatsApp by one webhook, with status callbacks."""

from __future__ import annotations

import hmac
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
import phonenumbers
from starlette.datastructures import ImmutableMultiDict

from bot.channels.contract import (
    Limits,
    Outgoing,
    Receipt,
    Received,
    Request,
    cleaned,
    refuse,
)
from bot.channels.http import Provider
from bot.errors import Refused, SettingsError, TryLater
from bot.messages import Arrival

NAME = "twilio"
SMS, WHATSAPP = "sms", "whatsapp"
# One-word messages that the carrier or Twilio answers itself; the message still reaches us.
_CARRIER_WORDS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
    | {"START", "YES", "UNSTOP", "HELP", "INFO"}
)
# After these the person cannot be reached until they write again (21610: STOP; 63016: 24 hours).
_UNREACHABLE = frozenset({21211, 21408, 21610, 21612, 21614, 30003, 30004, 30005, 30006, 63016, 63024})
# Our account or its pace, not this message: worth another try.
_LATER = frozenset({20003, 20404, 20429, 21611, 30001, 30022, 63018})
# One curly quote or long dash would turn a text message into one of 70 letters a part.
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)
_EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Variables(msgspec.Struct, frozen=True):
    """Account, its auth token (it signs webhooks), and the senders: a number or messaging service each."""

    account: str
    token: str
    sms: str = ""
    whatsapp: str = ""
    api: str = "https://api.twilio.com"


def connect(variables: Variables, url: str) -> Twilio:
    """The channel. Raises SettingsError when it could send nothing."""
    if not variables.sms and not variables.whatsapp:
        raise SettingsError("set LANTERN_TWILIO_SMS or LANTERN_TWILIO_WHATSAPP to the number that sends")
    return Twilio(variables, f"{url}/webhooks/{NAME}")


class Twilio:
    """One account."""

    names = (SMS, WHATSAPP)

    def __init__(self, variables: Variables, webhook: str) -> None:
        self._token = variables.token
        self._senders = {SMS: variables.sms, WHATSAPP: variables.whatsapp}
        self._webhook = webhook
        self._path = f"/2010-04-01/Accounts/{variables.account}/Messages.json"
        self.provider = Provider(variables.api, auth=(variables.account, variables.token))

    def limits(self, name: str) -> Limits:
        """1600 units, and on SMS the short wording; WhatsApp answers only within 24 hours."""
        return Limits(text=1600, short=name == SMS, window=24 if name == WHATSAPP else None)

    def receive(self, request: Request) -> Received:
        """One message, or the fate of one that we sent."""
        fields = request.form()
        if not self._is_signed(request, fields):
            raise refuse(NAME, "TWILIO_TOKEN")
        form = dict(fields)
        receipts = _receipt(form) if "MessageStatus" in form and "Body" not in form else ()
        arrivals = () if receipts or not form.get("MessageSid") else (_arrival(form, request),)
        return Received(arrivals=arrivals, receipts=receipts, answer=_EMPTY, media_type="text/xml")

    def send(self, outgoing: Outgoing) -> str:
        """Queue one message at Twilio; its fate comes by status callback."""
        prefix = "whatsapp:" if outgoing.channel == WHATSAPP else ""
        sender = self._senders[outgoing.channel]
        text = outgoing.part.text
        data = {"To": outgoing.address, "Body": text.translate(_PLAIN) if outgoing.channel == SMS else text}
        by_service = sender.startswith("MG")
        data |= {"MessagingServiceSid": sender} if by_service else {"From": prefix + sender}
        data["StatusCallback"] = self._webhook
        headers = {"I-Twilio-Idempotency-Token": outgoing.key}
        status, answer = self.provider.post(self._path, data=data, headers=headers)
        if status < 300 and isinstance(answer.get("sid"), str):
            return str(answer["sid"])
        code = answer.get("code")
        if code in _LATER or status in {401, 403}:
            raise TryLater("Twilio does not take messages of ours just now", code=str(code or status))
        raise Refused(
            "Twilio does not take this message", code=str(code or status), unreachable=code in _UNREACHABLE
        )

    def _is_signed(self, request: Request, fields: list[tuple[str, str]]) -> bool:
        """The vendor's signature over our public address, compared in constant time.

        The algorithm is ours to fix: what a header says about it is not read.
        """
        sent = request.headers.get("x-twilio-signature", "").encode()
        params = ImmutableMultiDict(fields)
        wanted = [self._validator.compute_signature(url, params, "HMAC_SHA1") for url in _ports(request.url)]
        matches = [hmac.compare_digest(sent, one.encode()) for one in wanted]
        return any(matches)

    @cached_property
    def _validator(self) -> Any:
        from twilio.request_validator import RequestValidator

        return RequestValidator(self._token)


def _ports(url: str) -> tuple[str, str]:
    """The address without and with a port: Twilio signs either, and so does its library."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.netloc.split(":")[0]
    return parts._replace(netloc=host).geturl(), parts._replace(netloc=f"{host}:{port}").geturl()


def _receipt(form: dict[str, str]) -> tuple[Receipt, ...]:
    """Callbacks come in any order; `outbox` never goes back from a final state."""
    states: dict[str, Literal["sent", "delivered", "refused"]] = {
        "sent": "sent",
        "delivered": "delivered",
        "read": "delivered",
        "failed": "refused",
        "undelivered": "refused",
    }
    state = states.get(form["MessageStatus"])
    name = WHATSAPP if form.get("To", "").startswith("whatsapp:") else SMS
    sid = form.get("MessageSid", "")
    code = form.get("ErrorCode", "")[:20]
    if state is None or not sid:
        return ()
    gone = code.isdecimal() and int(code) in _UNREACHABLE
    return (Receipt(channel=name, provider_id=sid, state=state, code=code, unreachable=gone),)


def _arrival(form: dict[str, str], request: Request) -> Arrival:
    address = form.get("From", "")
    channel = WHATSAPP if address.startswith("whatsapp:") else SMS
    text = cleaned(form.get("Body"))
    media = form.get("NumMedia", "0") not in {"", "0"}
    reaction = form.get("MessageType") == "reaction"
    by_carrier = channel == SMS and text.upper() in _CARRIER_WORDS
    country = _country(address.removeprefix("whatsapp:"))
    return Arrival(
        channel=channel,
        address=address,
        provider_id=form["MessageSid"],
        at=request.at,
        text="" if reaction else text,
        kind="reaction" if reaction else "text" if text else "media" if media else "unknown",
        handled=bool(form.get("OptOutType")) or by_carrier,
        country=country,
        country_source="phone" if country else None,
    )


def _country(number: str) -> str | None:
    """ISO country of a phone number by its prefix; None for short codes and the unreadable."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
