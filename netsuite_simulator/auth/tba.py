"""Token-based authentication: OAuth 1.0a signatures checked by oauthlib's server side.

Rules: docs/NETSUITE.md 2.1. The client only ever sees 401 INVALID_LOGIN; the reason goes
to the login audit trail, here the `login_detail` of the request log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

from netsuite_simulator.auth.credentials import Credentials, TokenCredentials

_CLOCK_TOLERANCE = 300  # seconds either way
_MIN_NONCE = 6


class LoginRefused(Exception):
    """A refused login; the message is the detail of the login audit trail."""


class _Validator(RequestValidator):  # type: ignore[misc]
    """Answers oauthlib's questions about the one consumer and token of this account."""

    def __init__(self, tokens: TokenCredentials, realm: str, used: set[tuple[str, str]]) -> None:
        super().__init__()
        self._tokens = tokens
        self._realm = realm
        self._used = used
        self.refusal = ""

    @property
    def allowed_signature_methods(self) -> tuple[str, ...]:
        return ("HMAC-SHA256",)

    @property
    def enforce_ssl(self) -> bool:
        return False

    @property
    def timestamp_lifetime(self) -> int:
        return _CLOCK_TOLERANCE

    @property
    def dummy_client(self) -> str:
        return "unknown-consumer"

    @property
    def dummy_access_token(self) -> str:
        return "unknown-token"

    def check_client_key(self, client_key: str) -> bool:
        return bool(client_key)

    def check_access_token(self, request_token: str) -> bool:
        return bool(request_token)

    def check_nonce(self, nonce: str) -> bool:
        if len(nonce) < _MIN_NONCE:
            self.refusal = "nonce_rejected"
        return len(nonce) >= _MIN_NONCE

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **tokens: Any
    ) -> bool:
        if (timestamp, nonce) in self._used:
            self.refusal = "NonceUsed"
            return False
        return True

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == self._tokens.consumer_key

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token == self._tokens.token_id

    def validate_realms(
        self, client_key: str, token: str, request: Any, uri: str | None = None, realms: Any = None
    ) -> bool:
        return bool(request.realm == self._realm)

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return self._tokens.consumer_secret

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return self._tokens.token_secret


def _audit_detail(validator: _Validator, request: Any) -> str:
    """Name the refusal as the login audit trail does."""
    if validator.refusal:
        return validator.refusal
    if request is None:
        return "parameter_rejected"
    checks = getattr(request, "validator_log", None) or {}
    if checks.get("client") is False:
        return "consumer_key_unknown"
    if checks.get("resource_owner") is False:
        return "token_rejected"
    if checks.get("realm") is False:
        return "permission_denied"
    if checks.get("signature") is False:
        return "InvalidSignature"
    parameters = getattr(request, "oauth_params", {})
    if parameters.get("oauth_signature_method") != "HMAC-SHA256":
        return "UnknownAlgorithm"
    if parameters.get("oauth_version", "1.0") != "1.0":
        return "VersionRejected"
    stamp = str(parameters.get("oauth_timestamp", ""))
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > _CLOCK_TOLERANCE:
        return "InvalidTimestamp"
    return "parameter_rejected"


class TokenAuthentication:
    """Checks signatures and remembers used nonces."""

    def __init__(self, credentials: Credentials, account_id: str) -> None:
        self._credentials = credentials
        self._realm = account_id.upper().replace("-", "_")
        self._used: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def check(
        self, method: str, addresses: Iterable[str], headers: dict[str, str], body: str
    ) -> None:
        """Accept or refuse one signed request.

        :param method: HTTP verb.
        :param addresses: the URLs that the client may have signed. The client signs the address it
            sees; behind a redirect of the connection that is `https://<account>.suitetalk…`.
        :param headers: request headers.
        :param body: request body as text; only form bodies are part of a signature.
        :raise LoginRefused: with the detail of the login audit trail.
        """
        if self._credentials.tba_revoked:
            raise LoginRefused("token_rejected")
        detail = "parameter_rejected"
        with self._lock:
            for address in addresses:
                validator = _Validator(self._credentials.tba, self._realm, self._used)
                try:
                    valid, request = ResourceEndpoint(
                        validator
                    ).validate_protected_resource_request(address, method, body, headers, [])
                except ValueError:
                    raise LoginRefused("parameter_rejected") from None
                if valid:
                    self._used.add((request.timestamp, request.nonce))
                    return
                detail = _audit_detail(validator, request)
                if detail != "InvalidSignature":
                    break
        raise LoginRefused(detail)
