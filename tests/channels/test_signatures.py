"""S2, S3: nobody but the provider writes to us, and nothing that is sent can end or block the process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from providers import PUBLIC, SLACK_SECRET, TWILIO_TOKEN, signed
from street import PAYLOADS, Street
from twilio.request_validator import RequestValidator

from bot import channels
from bot.channels.twilio import Twilio, Variables
from bot.errors import SettingsError

GOOD = {
    "telegram": ("telegram/text.json", "X-Telegram-Bot-Api-Secret-Token"),
    "twilio": ("twilio/sms.txt", "X-Twilio-Signature"),
    "messenger": ("messenger/text.json", "X-Hub-Signature-256"),
    "slack": ("slack/text.json", "X-Slack-Signature"),
}


def refused(street: Street, path: str, body: bytes, headers: dict[str, str]) -> bool:
    answer = street.client.post(f"/webhooks/{path}", content=body, headers=headers)
    return answer.status_code in {401, 403} and not street.rows("in")


@pytest.mark.parametrize("path", GOOD)
def test_a_forged_signature_is_refused_and_nothing_is_stored(street: Street, path: str) -> None:
    name, header = GOOD[path]
    body = (PAYLOADS / name).read_bytes().strip()
    right = signed(path, body, street.house.clock().timestamp())
    value = right[header]
    forged: list[str | None] = [
        None,
        "",
        value[:-1],
        value + "A",
        value.swapcase(),
        "x" * len(value),
        "sha256=",
        "v0=",
    ]
    for one in forged:
        headers = {k: v for k, v in right.items() if k != header} | ({header: one} if one is not None else {})
        assert refused(street, path, body, headers), one
    other = signed(path, body + b" ", street.house.clock().timestamp())
    if path != "telegram":  # whose secret does not cover the body
        assert refused(street, path, body, other)
    assert street.payload(name).status_code == 200


def test_another_algorithm_is_not_accepted(street: Street) -> None:
    body = (PAYLOADS / "messenger/text.json").read_bytes().strip()
    sha1 = hmac.new(b"messenger-secret-of-tests", body, hashlib.sha1).hexdigest()
    assert refused(
        street, "messenger", body, {"X-Hub-Signature": f"sha1={sha1}", "X-Hub-Signature-256": f"sha1={sha1}"}
    )
    form = (PAYLOADS / "twilio/sms.txt").read_bytes().strip()
    longer = RequestValidator(TWILIO_TOKEN).compute_signature(
        f"{PUBLIC}/webhooks/twilio", dict(p.split("=", 1) for p in form.decode().split("&")), "HMAC_SHA256"
    )
    named = {"X-Twilio-Signature": longer, "X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_SHA256"}
    assert refused(street, "twilio", form, named)


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 10**9])
def test_a_replayed_or_skewed_slack_request_is_refused(street: Street, seconds: int) -> None:
    body = (PAYLOADS / "slack/text.json").read_bytes().strip()
    assert refused(street, "slack", body, signed("slack", body, street.house.clock().timestamp() + seconds))


@pytest.mark.parametrize("moment", ["", "now", "-5", "1e9", "٣" * 10, "9" * 400])
def test_a_nonsense_moment_is_refused_even_when_signed(street: Street, moment: str) -> None:
    body = b"{}"
    digest = hmac.new(
        SLACK_SECRET.encode(), b"v0:" + moment.encode() + b":" + body, hashlib.sha256
    ).hexdigest()
    headers = {"X-Slack-Request-Timestamp": moment.encode(), "X-Slack-Signature": f"v0={digest}"}
    answer = street.client.post("/webhooks/slack", content=body, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 403


def test_a_host_header_does_not_change_what_twilio_has_signed(street: Street) -> None:
    assert street.payload("twilio/sms.txt", Host="elsewhere.example").status_code == 200
    body = (PAYLOADS / "twilio/whatsapp.txt").read_bytes().strip()
    foreign = signed("twilio", body, 0, url="https://elsewhere.example")
    answer = street.client.post(
        "/webhooks/twilio", content=body, headers=foreign | {"Host": "elsewhere.example"}
    )
    assert answer.status_code == 403


def test_twilio_may_sign_the_address_with_its_port_and_with_a_query(street: Street) -> None:
    body = (PAYLOADS / "twilio/sms.txt").read_bytes().strip()
    with_port = signed("twilio", body, 0, url=f"{PUBLIC}:443")
    assert street.client.post("/webhooks/twilio", content=body, headers=with_port).status_code == 200
    asked = signed("twilio", body, 0, query="a=1&b=")
    assert street.client.post("/webhooks/twilio?a=1&b=", content=body, headers=asked).status_code == 200
    assert street.client.post("/webhooks/twilio?a=2", content=body, headers=asked).status_code == 403


FIELDS = st.lists(
    st.tuples(st.text(min_size=1, max_size=8).filter(lambda t: "\x00" not in t), st.text(max_size=12)),
    max_size=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FIELDS, st.sampled_from(["https://a.example", "http://a.example", "https://a.example:8443"]))
def test_our_twilio_check_agrees_with_the_vendors(fields: list[tuple[str, str]], url: str) -> None:
    """Blanks, repeats, Unicode and ports: the same answer as the vendor's own library."""
    import datetime as dt

    from starlette.datastructures import ImmutableMultiDict

    from bot.channels.contract import Request

    ours = Twilio(Variables("AC1", "token", "+1"), url)
    vendor = RequestValidator("token")
    params = ImmutableMultiDict(fields)
    for address in (f"{url}/webhooks/twilio", f"{url}/webhooks/twilio?x=1"):
        signature = vendor.compute_signature(address, params)
        for sent in (signature, signature[:-2], ""):
            request = Request(
                method="POST", url=address, at=dt.datetime.now(dt.UTC), headers={"x-twilio-signature": sent}
            )
            assert ours._is_signed(request, fields) == vendor.validate(address, params, sent)
    ours.provider.close()


NONSENSE = [
    b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 5_000,
    b'{"update_id": 1, "message": []}', b'{"update_id": {}, "message": {"chat": {"id": "x"}}}',
    b'{"update_id": 1, "message": {"chat": {"id": 1}, "from": 5, "text": {"a": 1}}}',
    b'{"update_id": 1, "callback_query": {"data": 5, "from": {"id": 1}}}',
    b'{"entry": {"messaging": 1}}', b'{"entry": [{"messaging": [{"sender": 1}]}]}',
    b'{"entry": [{"messaging": [{"sender": {"id": "1"}, "message": {"text": 5, "mid": []}}]}]}',
    b'{"event": {"channel": 5}, "event_id": 7}', b'{"event": {"channel": "D1", "message": 5}, "event_id": 7}',
    b'{"event_id":"1","event":{"type":"message","channel":"D1","text":"\\ud800 hi \\u0000"}}',
    b"payload=%7B", b"payload=5", b"payload=%7B%22actions%22%3A%5B5%5D%7D",
    b"MessageSid=1&From=", b"MessageSid=&Body=x", b"MessageStatus=delivered",
    b"&".join([b"a=1"] * 600), b"%ff=%00",
]  # fmt: skip


@pytest.mark.parametrize("path", GOOD)
def test_signed_nonsense_gets_a_clear_answer_and_harms_nobody(street: Street, path: str) -> None:
    for body in NONSENSE:
        try:
            headers = signed(path, body, street.house.clock().timestamp())
        except (UnicodeDecodeError, ValueError):
            headers = {}
        answer = street.client.post(f"/webhooks/{path}", content=body, headers=headers)
        assert answer.status_code < 500, (body[:60], answer.text)
    street.work()
    assert street.payload(GOOD[path][0]).status_code == 200


@pytest.mark.parametrize("path", GOOD)
def test_a_megabyte_is_refused_and_the_next_message_is_taken(street: Street, path: str) -> None:
    headers = signed(path, b"", street.house.clock().timestamp())
    assert (
        street.client.post(f"/webhooks/{path}", content=b"x" * 1_100_000, headers=headers).status_code == 413
    )
    assert street.payload(GOOD[path][0]).status_code == 200


def test_a_channel_that_is_off_has_no_address(street: Street) -> None:
    street.house.kit.channels.by_path.pop("slack")
    assert street.payload("slack/text.json").status_code == 404


HALF: list[tuple[dict[str, str], str]] = [
    ({"LANTERN_TELEGRAM_TOKEN": "1:x"}, "LANTERN_TELEGRAM_SECRET"),
    ({"LANTERN_TELEGRAM_TOKEN": "1:x", "LANTERN_TELEGRAM_SECRET": ""}, "LANTERN_TELEGRAM_SECRET"),
    ({"LANTERN_TELEGRAM_TOKEN": "1:x", "LANTERN_TELEGRAM_SECRET": "short"}, "16 to 256"),
    ({"LANTERN_TWILIO_ACCOUNT": "AC1", "LANTERN_TWILIO_SMS": "+1"}, "LANTERN_TWILIO_TOKEN"),
    ({"LANTERN_TWILIO_ACCOUNT": "AC1", "LANTERN_TWILIO_TOKEN": "t"}, "LANTERN_TWILIO_SMS"),
    ({"LANTERN_MESSENGER_TOKEN": "t", "LANTERN_MESSENGER_VERIFY": "v"}, "LANTERN_MESSENGER_SECRET"),
    ({"LANTERN_SLACK_TOKEN": "t"}, "LANTERN_SLACK_SECRET"),
]


@pytest.mark.parametrize(("variables", "named"), HALF)
def test_a_channel_without_its_secret_refuses_to_start_and_says_what_to_set(
    variables: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        channels.load(variables, PUBLIC)


def test_channels_without_variables_are_off() -> None:
    assert channels.load({"LANTERN_TELEGRAM_TOKEN": ""}, PUBLIC).by_path == {}


def test_a_bad_signature_leaves_no_text_in_the_logs(street: Street, capsys: Any) -> None:
    body = json.dumps({"update_id": 1, "message": {"text": "canary-7f3a"}}).encode()
    headers = {"X-Telegram-Bot-Api-Secret-Token": base64.b64encode(b"no").decode()}
    answer = street.client.post("/webhooks/telegram", content=body, headers=headers)
    said = capsys.readouterr()
    assert "canary" not in answer.text + said.out + said.err
