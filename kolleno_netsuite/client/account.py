"""A NetSuite account: its two spellings, its environment and its addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - an address
REVOKE_PATH = "/services/rest/auth/oauth2/v1/revoke"
AUTHORIZE_PATH = "/app/login/oauth2/authorize.nl"
DISCOVERY_PATH = "/.well-known/openid-configuration"
TOKEN_INFO_PATH = "/rest/tokeninfo"  # noqa: S105 - an address

# The account id becomes a part of a host name, so nothing but one DNS label may pass.
_ACCOUNT = re.compile(r"[A-Za-z0-9]{2,40}(?:[_-][A-Za-z0-9]{1,12}){0,2}")
_SERVICE_HOST = re.compile(
    r"(?P<account>[a-z0-9-]+)\.(?:app|extforms|(?:suitetalk|restlets)\.api)\.netsuite\.com",
    re.IGNORECASE,
)


class AccountIdError(ValueError):
    """The text is not a NetSuite account, or the address may not be used."""


@dataclass(frozen=True)
class ServiceUrls:
    """The addresses of one account, without trailing slash."""

    rest: str
    restlet: str
    app: str

    @property
    def token(self) -> str:
        """Return the OAuth 2.0 token endpoint, which is also the JWT audience."""
        return self.rest + TOKEN_PATH

    @property
    def revoke(self) -> str:
        """Return the OAuth 2.0 revocation endpoint."""
        return self.rest + REVOKE_PATH

    @property
    def authorize(self) -> str:
        """Return the page where a person gives consent (OAuth 2.0 authorization code)."""
        return self.app + AUTHORIZE_PATH

    @property
    def discovery(self) -> str:
        """Return the OpenID Connect discovery document."""
        return self.rest + DISCOVERY_PATH

    @property
    def token_info(self) -> str:
        """Return the address that tells company, role and user of a token (TBA)."""
        return self.restlet + TOKEN_INFO_PATH


@dataclass(frozen=True)
class AccountId:
    """One NetSuite account; build it with :meth:`parse`."""

    realm: str

    @classmethod
    def parse(cls, text: str) -> AccountId:
        """Read an account from what a person typed or pasted.

        :param text: ``1234567``, ``1234567_SB1``, ``1234567-sb1`` or an https address of the
            account such as ``https://1234567-sb1.app.netsuite.com/app/center/card.nl``.
        :raise AccountIdError: the text names no single account, or could change the host.
        """
        candidate = text.strip()
        if "netsuite.com" in candidate.lower():
            candidate = _account_of_address(candidate)
        if not _ACCOUNT.fullmatch(candidate):
            raise AccountIdError(
                "A NetSuite account ID has only letters and digits, with a suffix such as _SB1 "
                "for a sandbox. You find it in NetSuite under Setup > Company > Company "
                "Information."
            )
        return cls(candidate.upper().replace("-", "_"))

    @property
    def host(self) -> str:
        """Return the spelling used in host names: ``1234567-sb1``."""
        return self.realm.lower().replace("_", "-")

    @property
    def environment(self) -> str:
        """Return ``production``, ``sandbox``, ``release_preview`` or ``test_drive``."""
        if re.search(r"_SB\d*$", self.realm):
            return "sandbox"
        if re.search(r"_RP\d*$", self.realm):
            return "release_preview"
        if re.match(r"(TSTDRV|TD)\d", self.realm):
            return "test_drive"
        return "production"

    def service_urls(
        self, base_override: str | None = None, *, allowed_hosts: Collection[str] = ()
    ) -> ServiceUrls:
        """Return the addresses of the account's services.

        :param base_override: one http(s) address that stands for all services (a simulator);
            only a loopback address or a host in ``allowed_hosts``.
        :param allowed_hosts: host names, or ``host:port``, that an administrator has allowed.
        :raise AccountIdError: the override leads anywhere else.
        """
        if base_override:
            base = _checked_override(base_override, allowed_hosts)
            return ServiceUrls(rest=base, restlet=base, app=base)
        return ServiceUrls(
            rest=f"https://{self.host}.suitetalk.api.netsuite.com",
            restlet=f"https://{self.host}.restlets.api.netsuite.com",
            app=f"https://{self.host}.app.netsuite.com",
        )

    def __str__(self) -> str:
        return self.realm


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it validates it
    except ValueError as error:
        raise AccountIdError(f"This is not a valid address: {error}.") from error
    return parts


def _account_of_address(address: str) -> str:
    parts = _split(address if "://" in address else f"https://{address}")
    match = _SERVICE_HOST.fullmatch(parts.hostname or "")
    if parts.scheme != "https" or parts.username or parts.password or not match:
        raise AccountIdError(
            "No account ID found in this address. Paste the address of a page of your "
            "account, such as https://1234567.app.netsuite.com, or only the account ID."
        )
    return match["account"]


def _checked_override(address: str, allowed_hosts: Collection[str]) -> str:
    parts = _split(address.strip())
    host = (parts.hostname or "").lower()
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not host or not plain or "\\" in address:
        raise AccountIdError("The service address must look like http://127.0.0.1:8000.")
    allowed = {entry.strip().lower() for entry in allowed_hosts}
    if not (_is_loopback(host) or host in allowed or parts.netloc.lower() in allowed):
        raise AccountIdError(
            f"The service address may only point to this computer. The host {host} is not "
            "allowed; an administrator can allow it in the server's configuration file."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
