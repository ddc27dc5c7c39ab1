"""Prove to NetSuite who we are: token-based authentication and OAuth 2.0 machine to machine."""

from __future__ import annotations

import logging
import math
import re
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

import jwt
import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256
from requests.auth import AuthBase
from requests_oauthlib import OAuth1

from .error_parsing import parse_error
from .errors import AuthError, NetsuiteError, TokenAuthError, TransientError
from .keys import KeyPair, new_key_pair
from .messages import CallRecord, Response, excerpt, mask
from .wire import exchange, new_session

__all__ = [
    "KeyPair",
    "M2mAuth",
    "MemoryTokenStore",
    "RenewableAuth",
    "TbaAuth",
    "Token",
    "TokenAuthError",
    "TokenStore",
    "new_key_pair",
]

# Their debug messages hold the keys and the signature of each call.
for _library in ("oauthlib", "requests_oauthlib"):
    logging.getLogger(_library).setLevel(logging.INFO)

SCOPES = ("rest_webservices", "restlets")
RENEW_MARGIN = 120.0  # a token this near to its end could expire under way
ASSERTION_LIFETIME = 1800  # NetSuite allows less than 60 minutes
ASSERTION_BACKDATE = 60  # lets a server whose clock is a little fast still log in
TOKEN_TIMEOUT = (10.0, 30.0)
TOKEN_ANSWER_TIMEOUT = 60.0  # seconds for the whole answer
TOKEN_ANSWER_LIMIT = 1024 * 1024  # bytes; a token has some thousand
DEFAULT_LIFETIME = 3600.0  # NetSuite's access tokens live 60 minutes
LONGEST_LIFETIME = 86400.0  # what an answer may claim; a refused token is renewed at any time
MIN_RSA_BITS = 2048
_EC_ALGORITHM = {256: "ES256", 384: "ES384", 521: "ES512"}
# A private key, whatever stands around it: certificates are pasted along with their key.
_PRIVATE_BLOCK = re.compile(
    r"-----BEGIN (?P<kind>(?:[A-Z]+ )?)PRIVATE KEY-----(?P<content>.*?)"
    r"-----END (?P=kind)PRIVATE KEY-----",
    re.DOTALL,
)
# What may stand in an Authorization header (RFC 6750, a little wider).
_TOKEN = re.compile(r"[\x21-\x7e]{1,16000}")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class TbaAuth(AuthBase):
    """Sign each request by OAuth 1.0a, HMAC-SHA256 (NetSuite: token-based authentication).

    Each time a request is prepared it gets a fresh nonce and timestamp: NetSuite accepts each
    pair once (docs/NETSUITE.md 2.1).

    :param realm: the account as ``1234567_SB1``.
    """

    def __init__(
        self,
        consumer_key: str,
        consumer_secret: str,
        token_id: str,
        token_secret: str,
        realm: str,
    ) -> None:
        self.realm = realm
        self._signer = OAuth1(
            consumer_key,
            client_secret=consumer_secret,
            resource_owner_key=token_id,
            resource_owner_secret=token_secret,
            signature_method=SIGNATURE_HMAC_SHA256,
            realm=realm,
        )

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request.

        :raise AuthError: the credentials are no texts that a signature can be made of.
        """
        try:
            signed: requests.PreparedRequest = self._signer(request)
        except (AttributeError, TypeError, ValueError) as error:
            raise AuthError("CREDENTIALS_UNUSABLE", detail=mask(str(error))) from error
        return signed

    def __repr__(self) -> str:
        return f"TbaAuth(realm={self.realm!r})"


@dataclass(frozen=True)
class Token:
    """An access token and when it ends, in seconds since the epoch."""

    value: str
    expires_at: float

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"


class TokenStore(Protocol):
    """Keeps one access token; the Odoo side keeps it in the database for all its processes."""

    def get(self) -> Token | None:
        """Return the stored token."""

    def put(self, token: Token | None) -> None:
        """Store a token; None forgets it."""


class MemoryTokenStore:
    """Keeps the token in this process."""

    def __init__(self) -> None:
        self._token: Token | None = None

    def get(self) -> Token | None:
        """Return the stored token."""
        return self._token

    def put(self, token: Token | None) -> None:
        """Store a token; None forgets it."""
        self._token = token


@runtime_checkable
class RenewableAuth(Protocol):
    """An authentication that can get a new token after NetSuite refused the old one."""

    def renew(self, refused: str) -> bool:
        """Drop the token of a refused ``Authorization`` header; tell if a repeat makes sense."""


class M2mAuth(AuthBase):
    """Log in with a certificate (OAuth 2.0 client credentials; docs/NETSUITE.md 1.4).

    :param certificate_id: the ID NetSuite shows for the uploaded certificate.
    :param private_key_pem: RSA (PS256) or EC key (ES256, ES384, ES512 by its curve).
    :param token_url: the account's token endpoint, also the audience of the assertion.
    :param token_store: where the access token is kept.
    :param on_call: gets a masked record of each call to the token endpoint.
    :param clock: seconds since the epoch.
    """

    def __init__(
        self,
        client_id: str,
        certificate_id: str,
        private_key_pem: str,
        token_url: str,
        scopes: Sequence[str] = SCOPES,
        token_store: TokenStore | None = None,
        *,
        on_call: Callable[[CallRecord], None] | None = None,
        clock: Callable[[], float] = time.time,
        timeout: tuple[float, float] = TOKEN_TIMEOUT,
    ) -> None:
        self._client_id = client_id
        self._certificate_id = certificate_id
        self._private_key_pem = private_key_pem
        self._token_url = token_url
        self._scopes = list(scopes)
        self._store: TokenStore = MemoryTokenStore() if token_store is None else token_store
        self._on_call = on_call
        self._clock = clock
        self._timeout = timeout
        self._fetching = threading.Lock()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request with a valid token, fetched if need be.

        :raise TokenAuthError: NetSuite gives no token for these credentials.
        :raise TransientError: the token endpoint cannot be reached or read just now.
        """
        request.headers["Authorization"] = f"Bearer {self._valid_token().value}"
        return request

    @property
    def algorithm(self) -> str:
        """Return the name of the signature's algorithm.

        :raise TokenAuthError: the private key cannot be used.
        """
        return self._signing[1]

    @cached_property
    def _signing(self) -> tuple[Key, str]:
        # Read when a token is to be had, not before: checking a key takes a second, and what
        # is wrong with it is then told like every other refusal.
        return _load_key(self._private_key_pem)

    def __repr__(self) -> str:
        return f"M2mAuth(certificate_id={self._certificate_id!r})"

    def renew(self, refused: str) -> bool:
        """Drop the token that NetSuite refused, unless another process has renewed it already.

        :param refused: the ``Authorization`` header of the refused request.
        :return: True: the next request gets another token.
        """
        stored = self._store.get()
        if stored is not None and refused == f"Bearer {stored.value}":
            self._store.put(None)
        return True

    def _valid_token(self) -> Token:
        token = self._usable()
        if token is None:
            # One thread fetches, the others find its token when they get the lock.
            with self._fetching:
                token = self._usable()
                if token is None:
                    token = self._fetch()
                    self._store.put(token)
        return token

    def _usable(self) -> Token | None:
        token = self._store.get()
        fresh = token is not None and token.expires_at - RENEW_MARGIN > self._clock()
        return token if fresh else None

    def _fetch(self) -> Token:
        started = self._clock()
        try:
            response = self._ask(started)
        except NetsuiteError as error:
            if isinstance(error, AuthError):
                raise
            self._report(None, "TOKEN_ENDPOINT_UNREACHABLE", started)
            raise TransientError(
                "TOKEN_ENDPOINT_UNREACHABLE", detail=error.detail, path=self._token_url
            ) from error
        failure = _token_failure(response)
        self._report(response.status, failure.code if failure else "", started, response.text)
        if failure:
            raise failure
        lifetime = _lifetime(response.json.get("expires_in"))
        return Token(response.json["access_token"], started + lifetime)

    def _ask(self, started: float) -> Response:
        request = requests.Request(
            "POST",
            self._token_url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": _ASSERTION_TYPE,
                "client_assertion": self._assertion(started),
            },
            headers={"Accept": "application/json"},
            # Without any, requests would look for a password in a .netrc file.
            auth=lambda unsigned: unsigned,
        )
        with new_session() as session:
            return exchange(
                session,
                session.prepare_request(request),
                path=urlsplit(self._token_url).path,
                is_write=False,  # asking twice for a token changes nothing
                timeout=self._timeout,
                answer_timeout=TOKEN_ANSWER_TIMEOUT,
                body_limit=TOKEN_ANSWER_LIMIT,
            )

    def _assertion(self, now: float) -> str:
        claims = {
            "iss": self._client_id,
            "scope": self._scopes,
            "aud": self._token_url,
            "iat": int(now) - ASSERTION_BACKDATE,
            "exp": int(now) + ASSERTION_LIFETIME,
            "jti": str(uuid.uuid4()),
        }
        key, algorithm = self._signing
        try:
            return jwt.encode(
                claims,
                key,
                algorithm=algorithm,
                headers={"kid": self._certificate_id, "typ": "JWT"},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise TokenAuthError("CREDENTIALS_UNUSABLE", detail=mask(str(error))) from error

    def _report(self, status: int | None, code: str, started: float, answer: str = "") -> None:
        if self._on_call:
            path = urlsplit(self._token_url).path
            self._on_call(
                CallRecord(
                    "POST",
                    path,
                    excerpt="grant_type=client_credentials",
                    answer=excerpt(answer) if code else "",
                    status=status,
                    code=code,
                    seconds=self._clock() - started,
                )
            )


def _token_failure(response: Response) -> NetsuiteError | None:
    body: Any = response.json
    if response.status == 200 and isinstance(body, dict) and _is_token(body.get("access_token")):
        return None
    if response.status == 200 and not isinstance(body, dict):
        # A page of a proxy or half an answer says nothing about the credentials.
        return TransientError(
            "TOKEN_ANSWER_UNREADABLE", http_status=response.status, path=response.path
        )
    if response.status == 200:
        return TokenAuthError(
            "TOKEN_ANSWER_UNUSABLE", http_status=response.status, path=response.path
        )
    error = parse_error(response)
    if error.may_be_repeated:
        return error
    return TokenAuthError(
        error.code,
        detail=error.detail,
        http_status=error.http_status,
        path=error.path,
        params=error.params,
    )


def _is_token(value: object) -> bool:
    return isinstance(value, str) and bool(_TOKEN.fullmatch(value))


def _lifetime(value: object) -> float:
    """Return the seconds that a token lives, whatever ``expires_in`` says."""
    try:
        seconds = float(str(value))
    except (ValueError, RecursionError):
        return DEFAULT_LIFETIME
    if not math.isfinite(seconds) or seconds <= 0:
        return DEFAULT_LIFETIME
    return min(seconds, LONGEST_LIFETIME)


def _load_key(pem: str) -> tuple[Key, str]:
    text = pem if isinstance(pem, str) else ""
    block = _PRIVATE_BLOCK.search(text)
    if block is None:
        raise TokenAuthError(_code_of_no_key(text), detail="it is no private key in PEM form")
    if block["kind"] == "ENCRYPTED " or "ENCRYPTED" in block["content"]:
        raise TokenAuthError("PRIVATE_KEY_ENCRYPTED")
    try:
        key = load_pem_private_key(block[0].encode(), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise TokenAuthError(
            "PRIVATE_KEY_UNUSABLE", detail="it is no private key in PEM form without a password"
        ) from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= MIN_RSA_BITS:
        return key, "PS256"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size in _EC_ALGORITHM:
        return key, _EC_ALGORITHM[key.curve.key_size]
    raise TokenAuthError(
        "PRIVATE_KEY_UNUSABLE", detail="NetSuite takes RSA keys of 3072 bits or more and EC keys"
    )


def _code_of_no_key(text: str) -> str:
    if re.search(r"-----BEGIN (?:[A-Z0-9]+ )*CERTIFICATE-----", text):
        return "PRIVATE_KEY_IS_CERTIFICATE"
    if re.search(r"-----BEGIN (?:[A-Z]+ )?PUBLIC KEY-----|^ssh-", text):
        return "PRIVATE_KEY_IS_PUBLIC"
    return "PRIVATE_KEY_UNUSABLE"
