"""OAuth 2.0 and OpenID Connect tokens: issuing, checking, revoking.

Lifetimes run on the simulated clock, so that a test can let a token expire; signatures and
claims follow docs/NETSUITE.md 1.3 to 1.5.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import uuid
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from netsuite_simulator.auth.credentials import Client, User
from netsuite_simulator.clock import Clock

ACCESS_SECONDS = 3600
ID_TOKEN_SECONDS = 3 * 3600
# A confidential client's refresh token dies seven days after the consent.
REFRESH_SECONDS = 7 * 24 * 3600
CODE_SECONDS = 60
ISSUER = "https://system.netsuite.com"


@dataclass
class Grant:
    """What a code, an access token or a refresh token stands for."""

    client_id: str
    application_id: str
    user: User
    scope: list[str]
    expires: int
    kind: str
    family: str
    nonce: str | None = None
    redirect_uri: str = ""
    challenge: str | None = None
    revoked: bool = False


@cache
def _signing_key(_company: str) -> rsa.RSAPrivateKey:
    """Return the key of a company, made once in a process because that is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class TokenStore:
    """Issues and checks tokens of one account."""

    def __init__(self, account_id: str, clock: Clock) -> None:
        self._company = account_id
        self._clock = clock
        self._lock = threading.Lock()
        self._grants: dict[str, Grant] = {}

    def take_over(self, other: TokenStore) -> None:
        """Let the tokens that another store issued be valid here as well."""
        with other._lock:
            self._grants = {token: replace(grant) for token, grant in other._grants.items()}
        self.key_id = other.key_id

    @property
    def _key(self) -> rsa.RSAPrivateKey:
        return _signing_key(self._company)

    @cached_property
    def key_id(self) -> str:
        """Id of the company's signing key."""
        return f"c.{self._company}.{self._clock.now():%Y-%m-%d_%H-%M-%S}"

    def now(self) -> int:
        """Return the simulated time in seconds since 1970 UTC."""
        return int(self._clock.now().timestamp())

    def jwks(self) -> dict[str, Any]:
        """Return the key set for `/keys`."""
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        jwk.pop("key_ops", None)
        return {"keys": [{**jwk, "kid": self.key_id, "use": "sig", "alg": "PS256"}]}

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="PS256", headers={"kid": self.key_id})

    def _jti(self, letter: str) -> str:
        millis = self.now() * 1000
        return f"{self._company}.{letter}.{uuid.uuid4()}_{millis}.{millis}"

    def new_code(self, grant: Grant) -> str:
        """Store a one-time authorization code, and return it."""
        code = secrets.token_hex(32)
        with self._lock:
            self._grants[code] = grant
        return code

    def take_code(self, code: str) -> Grant | None:
        """Return the grant of an unexpired code and use the code up."""
        with self._lock:
            grant = self._grants.pop(code, None)
        if grant is None or grant.kind != "code" or grant.expires < self.now():
            return None
        return grant

    def access_token(self, grant: Grant, m2m: bool = False) -> str:
        """Issue an access token of 60 minutes."""
        now = self.now()
        jti = self._jti("a")
        user = grant.user
        subject = f"{user.role};{user.entity}"
        audience = [f"{grant.application_id};{self._company}", grant.client_id]
        if m2m:
            subject = f"{self._company};0;{user.role};{user.entity};N"
            audience = [grant.client_id, f"app:{grant.application_id}"]
        issued = Grant(
            grant.client_id,
            grant.application_id,
            user,
            grant.scope,
            now + ACCESS_SECONDS,
            "m2m" if m2m else "access",
            grant.family,
        )
        with self._lock:
            self._grants[jti] = issued
        return self._sign(
            {
                "sub": subject,
                "aud": audience,
                "scope": grant.scope,
                "iss": ISSUER,
                "oit": now,
                "exp": now + ACCESS_SECONDS,
                "iat": now,
                "jti": jti,
            }
        )

    def refresh_token(self, grant: Grant) -> str:
        """Issue the refresh token of a consent."""
        now = self.now()
        jti = self._jti("r")
        with self._lock:
            self._grants[jti] = Grant(
                grant.client_id,
                grant.application_id,
                grant.user,
                grant.scope,
                now + REFRESH_SECONDS,
                "refresh",
                grant.family,
            )
        return self._sign(
            {
                "sub": f"{grant.user.role};{grant.user.entity}",
                "scope": grant.scope,
                "iss": ISSUER,
                "aud": [f"{grant.application_id};{self._company}", grant.client_id],
                "oit": now,
                "exp": now + REFRESH_SECONDS,
                "iat": now,
                "jti": jti,
            }
        )

    def id_token(self, grant: Grant, client: Client, access_token: str) -> str:
        """Issue an OpenID Connect id_token with NetSuite's claims (section 1.5)."""
        now = self.now()
        claims: dict[str, Any] = {
            # NetSuite puts the access token's signature here, not OpenID's half hash.
            "at_hash": access_token.rsplit(".", 1)[-1],
            "sub": f"{grant.user.role};{grant.user.entity}",
            "aud": [f"{client.application_id};{self._company}", client.client_id],
            "email_verified": False,
            "scope": grant.scope,
            "iss": ISSUER,
            "exp": now + ID_TOKEN_SECONDS,
            "iat": now,
            "jti": self._jti("i"),
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        if "email" in grant.scope:
            claims["email"] = grant.user.email
        return self._sign(claims)

    def find(self, token: str, kinds: tuple[str, ...]) -> Grant | None:
        """Return the live grant of a token with one of these kinds, or None."""
        try:
            claims = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["PS256"],
                options={"verify_exp": False, "verify_aud": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        with self._lock:
            grant = self._grants.get(str(claims.get("jti")))
        if grant is None or grant.revoked or grant.kind not in kinds:
            return None
        return grant if grant.expires > self.now() else None

    def revoke(self, grant: Grant) -> None:
        """Revoke all tokens of one consent."""
        with self._lock:
            for other in self._grants.values():
                if other.family == grant.family:
                    other.revoked = True

    def revoke_token(self, token: str) -> None:
        """Revoke one access token and what shares its consent."""
        grant = self.find(token, ("access", "m2m", "refresh"))
        if grant is not None:
            self.revoke(grant)


def verifier_matches(challenge: str, verifier: str) -> bool:
    """Check a PKCE verifier (S256) against its challenge."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
