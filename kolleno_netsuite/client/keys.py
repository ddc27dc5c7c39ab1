"""Make the key pair with which a connection logs in to NetSuite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

RSA_BITS = 3072  # the smallest that all sources accept (docs/NETSUITE.md 1.4)
LIFETIME = timedelta(days=2 * 365 - 1)  # NetSuite allows two years; a day less is surely inside
_CERTIFICATE_BLOCK = re.compile(
    r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL
)
BACKDATE = timedelta(minutes=5)  # valid at once even if NetSuite's clock is behind


@dataclass(frozen=True)
class KeyPair:
    """A private key for the connection, and the certificate to upload to NetSuite.

    :param not_after: aware UTC time when the certificate ends.
    """

    private_key_pem: str
    certificate_pem: str
    not_after: datetime

    def __repr__(self) -> str:
        return f"KeyPair(not_after={self.not_after.isoformat()})"


def certificate_end(text: str) -> datetime | None:
    """Return when the first certificate in a text ends; None without a readable one.

    :param text: whatever was pasted: a certificate in PEM form, alone or along with its key.
    :return: aware UTC time.
    """
    block = _CERTIFICATE_BLOCK.search(text)
    if block is None:
        return None
    try:
        certificate = x509.load_pem_x509_certificate(block[0].encode())
    except ValueError:
        return None
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_after_utc
    return certificate.not_valid_after.replace(tzinfo=timezone.utc)  # cryptography before 42


def new_key_pair(common_name: str = "Odoo", now: datetime | None = None) -> KeyPair:
    """Make an RSA key and its self-signed certificate (docs/NETSUITE.md 1.4).

    :param common_name: name that NetSuite's administrator sees in the certificate.
    :param now: aware time from which the certificate counts; default: now.
    """
    start = (now or datetime.now(timezone.utc)).replace(microsecond=0)
    not_after = start + LIFETIME
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    # X.509 allows at most 64 characters in a common name.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - BACKDATE)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return KeyPair(
        private_key_pem=private_pem.decode(),
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        not_after=not_after,
    )
