"""OAuth 2.0 token, revoke and key endpoints (docs/NETSUITE.md 1.3 to 1.5)."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from typing import TYPE_CHECKING, Any

import jwt

from netsuite_simulator.auth.credentials import Client
from netsuite_simulator.auth.tokens import Grant, verifier_matches
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, json_answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - a path, no secret
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_ALGORITHMS = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
API_SCOPES = ("restlets", "rest_webservices", "suite_analytics")
_MAX_ASSERTION_SECONDS = 3600
_CLOCK_TOLERANCE = 300


class _Refused(Exception):
    """A refusal of the token endpoint; the message is the OAuth 2.0 error code."""


def token(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `POST …/token` for all three grants."""
    form = call.form
    grants = {
        "client_credentials": _client_credentials,
        "authorization_code": _authorization_code,
        "refresh_token": _refresh,
    }
    try:
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise _Refused(
                "unsupported_grant_type" if form.get("grant_type") else "invalid_request"
            )
        body = grant(account, call, form)
    except _Refused as refusal:
        call.login_detail = str(refusal)
        return refused(account, str(refusal))
    seconds = body["expires_in"]
    body["expires_in"] = str(seconds) if account.switches.expires_in_as_string else seconds
    return json_answer(body)


def refused(account: SimulatedAccount, error: str) -> Answer:
    """Render an error of the token endpoint: 400, or 401 with a challenge for `invalid_client`."""
    answer = json_answer({"error": error}, status=401 if error == "invalid_client" else 400)
    if error == "invalid_client":
        answer.headers["WWW-Authenticate"] = f'Basic realm="{account.account_id}"'
    return answer


def _scopes(value: Any) -> list[str]:
    """Read a scope written as a list, space separated or comma separated."""
    parts = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
    return [str(part) for part in parts]


def _client_credentials(
    account: SimulatedAccount, call: Call, form: dict[str, str]
) -> dict[str, Any]:
    assertion = form.get("client_assertion", "")
    if form.get("client_assertion_type") != ASSERTION_TYPE or not assertion:
        raise _Refused("invalid_request")
    claims = _check_assertion(account, call, assertion)
    scope = _scopes(claims.get("scope"))
    if not scope or any(name not in API_SCOPES for name in scope):
        raise _Refused("invalid_scope")
    grant = Grant(
        client_id=str(claims["iss"]),
        application_id=account.credentials.oauth2.application_id,
        user=account.credentials.integration_user,
        scope=scope,
        expires=0,
        kind="m2m",
        family=secrets.token_hex(8),
    )
    access = account.tokens.access_token(grant, m2m=True)
    return {"access_token": access, "expires_in": 3600, "token_type": "Bearer"}


def _check_assertion(account: SimulatedAccount, call: Call, assertion: str) -> dict[str, Any]:
    """Check header, signature and claims of a client assertion, and return the claims."""
    certificate = account.credentials.m2m
    try:
        header = jwt.get_unverified_header(assertion)
        unverified = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise _Refused("invalid_request") from None
    if header.get("alg") not in ASSERTION_ALGORITHMS:
        raise _Refused("invalid_request")
    if unverified.get("iss") != certificate.client_id:
        raise _Refused("invalid_client")
    if header.get("kid") != certificate.certificate_id:
        raise _Refused("invalid_grant")
    audience = [f"{scheme}://{call.host}{TOKEN_PATH}" for scheme in ("http", "https")]
    audience.append(f"https://{account.host_label}.suitetalk.api.netsuite.com{TOKEN_PATH}")
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion,
            certificate.public_key_pem,
            algorithms=list(certificate.algorithms),
            audience=audience,
            leeway=_CLOCK_TOLERANCE,
            options={"require": ["exp", "iat", "aud", "iss"], "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        raise _Refused("invalid_grant") from None
    issued, expires = float(claims["iat"]), float(claims["exp"])
    if not 0 < expires - issued <= _MAX_ASSERTION_SECONDS:
        raise _Refused("invalid_grant")
    if issued > time.time() + _CLOCK_TOLERANCE:
        raise _Refused("invalid_grant")
    return claims


def _basic_client(account: SimulatedAccount, call: Call) -> Client:
    """Return the confidential client that authenticated by HTTP Basic."""
    kind, _, encoded = call.headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _Refused("invalid_client") from None
    client = account.credentials.client(name)
    if kind.lower() != "basic" or client is None or client.client_secret != secret:
        raise _Refused("invalid_client")
    return client


def _authorization_code(
    account: SimulatedAccount, call: Call, form: dict[str, str]
) -> dict[str, Any]:
    client = _basic_client(account, call)
    if not form.get("code") or not form.get("redirect_uri"):
        raise _Refused("invalid_request")
    grant = account.tokens.take_code(form["code"])
    if grant is None or grant.client_id != client.client_id:
        raise _Refused("invalid_grant")
    if grant.redirect_uri != form["redirect_uri"]:
        raise _Refused("invalid_grant")
    verifier = form.get("code_verifier", "")
    if grant.challenge and not verifier_matches(grant.challenge, verifier):
        raise _Refused("invalid_grant")
    access = account.tokens.access_token(grant)
    body = {
        "access_token": access,
        "refresh_token": account.tokens.refresh_token(grant),
        "expires_in": 3600,
        "token_type": "bearer",
    }
    if "openid" in grant.scope:
        body["id_token"] = account.tokens.id_token(grant, client, access)
    return body


def _refresh(account: SimulatedAccount, call: Call, form: dict[str, str]) -> dict[str, Any]:
    client = _basic_client(account, call)
    grant = account.tokens.find(form.get("refresh_token", ""), ("refresh",))
    if grant is None or grant.client_id != client.client_id:
        raise _Refused("invalid_grant")
    # A confidential client gets no new refresh token.
    access = account.tokens.access_token(grant)
    return {"access_token": access, "expires_in": 3600, "token_type": "bearer"}


def revoke(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `POST …/revoke`: the refresh token and all access tokens of its consent end."""
    try:
        client = _basic_client(account, call)
    except _Refused as refusal:
        return refused(account, str(refusal))
    value = call.form.get("token")
    if not value:
        return refused(account, "invalid_request")
    grant = account.tokens.find(value, ("refresh",))
    if grant is not None and grant.client_id == client.client_id:
        account.tokens.revoke(grant)
    return Answer(200)


def keys(account: SimulatedAccount, call: Call) -> Answer:
    """Answer `GET …/keys` with the company's signing keys."""
    return json_answer(account.tokens.jwks())
