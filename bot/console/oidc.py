"""Sign-in by the organisation's own provider (OpenID Connect, code flow with PKCE), where one is set.

It opens accounts that an administrator has made, never new ones, and only with a second factor:
the provider must say in `amr` how it knew the person.
"""

from __future__ import annotations

import datetime as dt
import hmac
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec
import structlog
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import handoff
from bot.console import accounts, door
from bot.errors import BadInput, NotAllowed, NotFound
from bot.models import Counsellor
from bot.stage import Kit

log = structlog.get_logger()
PATH = "/console/api/oidc"
COOKIE = "lantern-oidc"
# How long somebody may take at their provider.
PATIENCE_SECONDS = 600
# Ways to be known (RFC 8176) that are, or go with, a second factor.
SECOND = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "iris", "sc"})
_ALGORITHMS = ("RS256", "PS256", "ES256")
_SECONDS = 5.0
_LEEWAY = 60


class Provider(msgspec.Struct, frozen=True):
    """What the provider says of itself at its well-known address."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


def routes(kit: Kit) -> list[Route]:
    """The way out to the provider and the way back; both answer 404 where none is set."""
    way = _Way(kit)
    return [
        Route("/oidc/start", way.start, methods=["GET"]),
        Route("/oidc/back", way.back, methods=["GET"]),
    ]


def matched(session: Session, claims: dict[str, Any], at: dt.datetime) -> Counsellor:
    """The account that these claims open. Raises NotAllowed with the way out.

    The first time it is found by a verified e-mail address that is its login; from then on only by
    the provider's own id, so that an address given to somebody else opens nothing.
    """
    if not SECOND & set(claims.get("amr") or ()):
        raise NotAllowed("your organisation's sign-in used one factor only; a second one is needed here")
    known = session.info["vault"].lookup_hash("oidc", f"{claims['iss']} {claims['sub']}")
    counsellor = session.scalar(select(Counsellor).where(Counsellor.oidc_hash == known))
    if counsellor is None and claims.get("email_verified") is True:
        by_login = select(Counsellor).where(Counsellor.login == str(claims.get("email", "")).lower())
        counsellor = session.scalar(by_login.where(Counsellor.oidc_hash.is_(None)))
    if counsellor is None or counsellor.left_at is not None:
        raise NotAllowed("no account here belongs to this sign-in; ask an administrator for one")
    counsellor.oidc_hash = known
    counsellor.enrolled_at = counsellor.enrolled_at or at
    counsellor.link_hash = counsellor.link_expires_at = None
    return counsellor


class _Way:
    """The two steps of one sign-in."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self._provider: Provider | None = None

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider, with a state, a nonce and a challenge that are used once."""
        provider = await run_in_threadpool(self._known)
        state, nonce, verifier = (generate_token(43) for _ in range(3))
        address = prepare_grant_uri(
            provider.authorization_endpoint,
            self.kit.settings.oidc_client,
            "code",
            redirect_uri=self._return_address(),
            scope="openid email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        self._keep(response, f"{state}.{nonce}.{verifier}")
        return response

    async def back(self, request: Request) -> Response:
        """The provider sent the browser back: open a session, or say on the sign-in page why not."""
        try:
            token = await run_in_threadpool(self._signed_in, request)
        except BadInput as refused:
            log.warning("oidc.refused", why=type(refused).__name__)
            response: Response = RedirectResponse("/console/#refused", 303, {"Cache-Control": "no-store"})
        else:
            response = RedirectResponse("/console/", 303, {"Cache-Control": "no-store"})
            door.set_cookie(response, self.kit, token)
        self._keep(response, "")
        return response

    def _signed_in(self, request: Request) -> str:
        provider = self._known()
        state, _, rest = request.cookies.get(COOKIE, "").partition(".")
        nonce, _, verifier = rest.partition(".")
        given = request.query_params.get("state", "")
        if not verifier or not hmac.compare_digest(state.encode(), given.encode()):
            raise NotAllowed("this sign-in was not begun in this browser; begin again")
        at = self.kit.now()
        claims = self._claims(provider, request.query_params.get("code", ""), verifier, nonce, at)
        with self.kit.database.begin() as session:
            counsellor = matched(session, claims, at)
            handoff.log(session, counsellor.id, "account.sign_in", counsellor.id, at, by="oidc")
            return accounts.open_session(session, counsellor, at)

    def _claims(
        self, provider: Provider, code: str, verifier: str, nonce: str, at: dt.datetime
    ) -> dict[str, Any]:
        """The checked claims of the token that the code buys. Raises NotAllowed."""
        settings = self.kit.settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._return_address(),
            "code_verifier": verifier,
        }
        try:
            with httpx2.Client(timeout=_SECONDS) as client:
                bought = client.post(
                    provider.token_endpoint, data=form, auth=(settings.oidc_client, settings.oidc_secret)
                )
                keys = client.get(provider.jwks_uri)
            bought.raise_for_status()
            keys.raise_for_status()
            key_set = KeySet.import_key_set(keys.json())
            token = jwt.decode(bought.json()["id_token"], key_set, algorithms=list(_ALGORITHMS))
            essential = {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": settings.oidc_client},
            }
            wanted = {"nonce": nonce, "client_id": settings.oidc_client}
            claims = CodeIDToken(token.claims, token.header, essential, wanted)
            claims.validate(now=int(at.timestamp()), leeway=_LEEWAY)
        except (httpx2.HTTPError, JoseError, ValueError, KeyError) as error:
            raise NotAllowed(f"the provider's answer does not hold ({type(error).__name__})") from None
        return dict(claims)

    def _known(self) -> Provider:
        """The provider as it describes itself, asked once. Raises NotFound when none is set or reached."""
        issuer = self.kit.settings.oidc_issuer.rstrip("/")
        if not issuer:
            raise NotFound("no sign-in by a provider is set up here")
        if self._provider is None:
            try:
                with httpx2.Client(timeout=_SECONDS) as client:
                    answer = client.get(f"{issuer}/.well-known/openid-configuration").raise_for_status()
                provider = msgspec.json.decode(answer.content, type=Provider)
            except (httpx2.HTTPError, msgspec.DecodeError):
                raise NotFound("the provider does not answer; sign in with password and code") from None
            if provider.issuer.rstrip("/") != issuer:
                raise NotFound("the provider calls itself by another name than LANTERN_OIDC_ISSUER")
            self._provider = provider
        return self._provider

    def _return_address(self) -> str:
        return f"{self.kit.settings.url}{PATH}/back"

    def _keep(self, response: Response, value: str) -> None:
        """Lax, because the way back comes from the provider's site; gone after one use."""
        response.set_cookie(
            COOKIE,
            value,
            max_age=PATIENCE_SECONDS if value else 0,
            path=PATH,
            secure=urlsplit(self.kit.settings.url).scheme == "https",
            httponly=True,
            samesite="lax",
        )
