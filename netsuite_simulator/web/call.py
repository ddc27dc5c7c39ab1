"""One incoming HTTP call as handlers see it."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from werkzeug.wrappers import Request

from netsuite_simulator.web.envelope import ApiError, invalid_request

_REST = "/services/rest/"


@dataclass
class Principal:
    """Who a call acts for: `kind` is `tba`, `m2m` or `access` (authorization-code flow)."""

    kind: str
    scope: tuple[str, ...]
    role: int
    entity: int
    client_id: str = ""


@dataclass
class Call:
    """One HTTP call.

    `raw_path` is the path as it stands on the request line (still percent-encoded), `path` the
    decoded one (of REST services without a slash at its end, which changes nothing), `query` the
    raw query string. `connection` is the socket, for faults that cut it.
    """

    seq: int
    method: str
    raw_path: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    host: str
    forwarded_https: bool
    connection: socket.socket | None
    principal: Principal | None = None
    login_detail: str = ""
    warnings: list[str] = field(default_factory=list)
    # Codes of the transactions that the role has lost its sight of.
    hidden_types: tuple[str, ...] = ()
    hides_lines: bool = False
    # Fields that the account does not store as they are sent: None drops one.
    dropped: set[str] = field(default_factory=set)
    replaced: dict[str, Any] = field(default_factory=dict)
    # Another client's PUT came in between, and neither saw the other.
    is_twin: bool = False

    @classmethod
    def from_environ(cls, environ: dict[str, Any], seq: int) -> Call:
        """Read a call from a WSGI environment."""
        request = Request(environ)
        target = environ.get("REQUEST_URI") or request.full_path
        parts = urlsplit(target)
        path = unquote(parts.path)
        return cls(
            seq=seq,
            method=request.method,
            raw_path=parts.path,
            path=path.rstrip("/") if path.startswith(_REST) else path,
            query=parts.query,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.get_data(),
            host=request.host,
            forwarded_https=request.headers.get("X-Forwarded-Proto") == "https",
            connection=environ.get("werkzeug.socket"),
        )

    @property
    def base_url(self) -> str:
        """Scheme and host that links in answers use: what the client itself addressed."""
        secure = self.forwarded_https or self.host.endswith(".netsuite.com")
        return f"{'https' if secure else 'http'}://{self.host}"

    @property
    def url(self) -> str:
        """Address without query."""
        return f"{self.base_url}{self.raw_path}"

    @property
    def args(self) -> dict[str, str]:
        """Query parameters; of repeated ones the last wins."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """Fields of a form-encoded body."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def text(self) -> str:
        """Body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> dict[str, Any]:
        """Return the JSON object of the body.

        :raise ApiError: 400 when there is none.
        """
        try:
            body = json.loads(self.body, parse_float=Decimal)
        except ValueError:
            raise ApiError(400, "INVALID_CONTENT", "Invalid content in the request body.") from None
        if not isinstance(body, dict):
            raise invalid_request()
        return body

    def signed_addresses(self) -> list[str]:
        """Return the addresses that the client may have signed, with the query.

        The Host header is honoured: a client whose connection is redirected to this server still
        signs `https://<account>.suitetalk.api.netsuite.com/…`, which is what its Host header says.
        """
        tail = f"{self.host}{self.raw_path}" + (f"?{self.query}" if self.query else "")
        schemes = ("https", "http") if self.base_url.startswith("https") else ("http", "https")
        return [f"{scheme}://{tail}" for scheme in schemes]
