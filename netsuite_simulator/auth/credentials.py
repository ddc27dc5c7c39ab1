"""What an administrator of the simulated account has set up for integrations."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

_PEM = serialization.Encoding.PEM
# Oracle accepts RSA keys of 3072 and 4096 bits (docs/NETSUITE.md 1.4).
_RSA_BITS = 3072


@dataclass(frozen=True)
class TokenCredentials:
    """Consumer and token of token-based authentication."""

    consumer_key: str
    consumer_secret: str
    token_id: str
    token_secret: str


@dataclass(frozen=True)
class Client:
    """One OAuth 2.0 integration record for the code flow; both are confidential clients."""

    client_id: str
    client_secret: str
    application_id: str


@dataclass(frozen=True)
class User:
    """A person who can log in under `role`; `entity` is the employee's internal id."""

    entity: int
    role: int
    name: str
    email: str


@dataclass(frozen=True)
class Certificate:
    """The mapping of one certificate to an integration, an entity and a role (M2M)."""

    client_id: str
    certificate_id: str
    private_key_pem: str
    public_key_pem: str
    algorithms: tuple[str, ...]


def _new_certificate(kind: str) -> Certificate:
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    algorithms: tuple[str, ...]
    if kind == "ec":
        key, algorithms = ec.generate_private_key(ec.SECP256R1()), ("ES256",)
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        algorithms = ("PS256", "PS384", "PS512")
    private = key.private_bytes(
        _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Certificate(
        secrets.token_hex(32),
        secrets.token_urlsafe(32),
        private.decode(),
        public.decode(),
        algorithms,
    )


def _demo_users() -> list[User]:
    return [
        User(7, 3, "Avery Stone", "avery.stone@example.com"),
        User(8, 1042, "Robin Vale", "robin.vale@example.com"),
        User(9, 1042, "Sam Harbour", "sam.harbour@example.com"),
    ]


@dataclass
class Credentials:
    """All credentials of the account, made anew at each start.

    :param certificate_kind: `rsa` (PS256…) or `ec` (ES256) for the M2M certificate.
    """

    certificate_kind: str = "rsa"
    tba: TokenCredentials = field(
        default_factory=lambda: TokenCredentials(*(secrets.token_hex(32) for _ in range(4)))
    )
    oauth2: Client = field(
        default_factory=lambda: Client(
            secrets.token_hex(32), secrets.token_hex(32), "6F0B22A4-51D0-4C8B-9F1E-0A5D3C7E1B11"
        )
    )
    oidc: Client = field(
        default_factory=lambda: Client(
            secrets.token_hex(32), secrets.token_hex(32), "A1C94E70-8E0D-4F57-B7C9-52B4D6E80F22"
        )
    )
    users: list[User] = field(default_factory=_demo_users)
    # Redirect addresses registered on the integration records; empty: any https or loopback one.
    redirect_uris: list[str] = field(default_factory=list)
    # The user and role that TBA and M2M act for; the zone preference of that user is a switch.
    integration_user: User = field(
        default_factory=lambda: User(11, 1057, "Integration User", "integration@example.com")
    )
    tba_revoked: bool = False

    @cached_property
    def m2m(self) -> Certificate:
        """The certificate mapping; generated on first use because RSA keys are slow to make."""
        return _new_certificate(self.certificate_kind)

    def client(self, client_id: str) -> Client | None:
        """Return the code-flow client with this id."""
        return next((c for c in (self.oauth2, self.oidc) if c.client_id == client_id), None)

    def user(self, entity: int) -> User | None:
        """Return the user with this internal id."""
        return next((user for user in self.users if user.entity == entity), None)

    def ready(self) -> dict[str, Any]:
        """Return the credential keys of the ready file."""
        m2m = self.m2m
        return {
            "tba": dict(vars(self.tba)),
            "m2m": {
                "client_id": m2m.client_id,
                "certificate_id": m2m.certificate_id,
                "private_key_pem": m2m.private_key_pem,
            },
            "oauth2": {
                "client_id": self.oauth2.client_id,
                "client_secret": self.oauth2.client_secret,
            },
            "oidc": {
                "client_id": self.oidc.client_id,
                "client_secret": self.oidc.client_secret,
                "users": [dict(vars(user)) for user in self.users],
            },
        }
