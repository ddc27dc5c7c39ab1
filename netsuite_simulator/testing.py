"""Run a simulated account inside a test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
import requests as http
from requests_oauthlib import OAuth1

from netsuite_simulator.account import DEFAULT_ACCOUNT_ID, SimulatedAccount
from netsuite_simulator.auth.token_endpoint import ASSERTION_TYPE, TOKEN_PATH
from netsuite_simulator.clock import Clock
from netsuite_simulator.web.server import SimulatorServer

_TIMEOUT = 60
_SCOPE = ["rest_webservices", "restlets"]


@dataclass
class RunningSimulator:
    """A served account and its control API; `account` is the object behind it."""

    server: SimulatorServer

    @property
    def account(self) -> SimulatedAccount:
        """The account itself, for tests that look into it."""
        return self.server.account

    @property
    def base_url(self) -> str:
        """Scheme, host and port that stand for all NetSuite hosts of the account."""
        return self.server.base_url

    @property
    def control_url(self) -> str:
        """Address of the control API."""
        return self.server.control_url

    @property
    def account_id(self) -> str:
        """The account's id."""
        return self.account.account_id

    @property
    def ready(self) -> dict[str, Any]:
        """What the ready file of the command line holds."""
        return self.server.ready()

    @contextmanager
    def copied(self) -> Iterator[None]:
        """Let all that is done inside happen to a copy of the account, which is gone afterwards."""
        original = self.account
        copy = original.copy()
        self.server.serve(copy)
        try:
            yield
        finally:
            self.server.serve(original)
            copy.stopping.set()
            copy.close()

    # === Control === #

    def _control(self, method: str, name: str, body: Any = None, /, **args: Any) -> Any:
        answer = http.request(
            method, f"{self.control_url}/{name}", json=body, params=args, timeout=_TIMEOUT
        )
        result = answer.json()
        if not answer.ok:
            raise ValueError(result["error"])
        return result

    def fault(self, name: str, **values: Any) -> None:
        """Set a fault; values as in `POST /faults`."""
        self._control("POST", "faults", {"name": name, **values})

    def clear_faults(self, **values: Any) -> None:
        """Remove all faults, or those with these values: `name="right_lost", record="term"`."""
        self._control("DELETE", "faults", **values)

    def pending(self) -> list[dict[str, Any]]:
        """Return the requests that will be carried out later, as `late_commit` leaves them.

        Those that are due by the account's clock are carried out first.
        """
        result: list[dict[str, Any]] = self._control("GET", "pending")
        return result

    def clear_pending(self) -> None:
        """Forget the requests that would be carried out later."""
        self._control("DELETE", "pending")

    def act(self, name: str, /, **parameters: Any) -> dict[str, Any]:
        """Do what a person does in NetSuite, and return the ledger's answer.

        :raise ValueError: with NetSuite's wording when the ledger refuses.
        """
        result: dict[str, Any] = self._control("POST", "act", {"act": name, **parameters})
        return result

    def clock(
        self,
        to: str | datetime | None = None,
        advance: float | None = None,
        zone: str | None = None,
        freeze: bool | None = None,
    ) -> dict[str, Any]:
        """Move the account's clock (ISO time, seconds, IANA zone, stop), and return its state."""
        values = {
            "set": to.isoformat() if isinstance(to, datetime) else to,
            "advance": advance,
            "zone": zone,
            "freeze": freeze,
        }
        given = {name: value for name, value in values.items() if value is not None}
        result: dict[str, Any] = self._control("POST", "clock", given)
        return result

    def switches(self, **values: Any) -> dict[str, Any]:
        """Set switches, and return all of them."""
        result: dict[str, Any] = self._control("POST", "switches", values)
        return result

    def reset_switches(self) -> dict[str, Any]:
        """Set all switches back to those of the account's profile, and return them."""
        result: dict[str, Any] = self._control("DELETE", "switches")
        return result

    def ledger(self, documents: bool = False) -> dict[str, Any]:
        """Return the open balances, with `documents` also every document."""
        args = {"documents": 1} if documents else {}
        result: dict[str, Any] = self._control("GET", "ledger", **args)
        return result

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the calls that clients made after number `since`."""
        result: list[dict[str, Any]] = self._control("GET", "requests", since=since)
        return result

    def clear_requests(self) -> None:
        """Forget the calls so far."""
        self._control("DELETE", "requests")

    # === A client for tests === #

    def tba(self) -> OAuth1:
        """Return request signing with the account's token credentials."""
        tokens = self.account.credentials.tba
        return OAuth1(
            tokens.consumer_key, tokens.consumer_secret, tokens.token_id, tokens.token_secret,
            signature_method="HMAC-SHA256", realm=self.account_id.upper(),
        )  # fmt: skip

    def assertion(self, algorithm: str | None = None, **claims: Any) -> str:
        """Return a signed client assertion for M2M; `claims` replace the right ones."""
        certificate = self.account.credentials.m2m
        now = int(time.time())
        content = {
            "iss": certificate.client_id, "scope": _SCOPE, "aud": f"{self.base_url}{TOKEN_PATH}",
            "iat": now, "exp": now + 300, **claims,
        }  # fmt: skip
        return jwt.encode(
            content, certificate.private_key_pem, algorithm or certificate.algorithms[0],
            headers={"kid": certificate.certificate_id},
        )  # fmt: skip

    def m2m_token(self) -> str:
        """Fetch an access token by client credentials."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(),
        }
        answer = http.post(f"{self.base_url}{TOKEN_PATH}", data=form, timeout=_TIMEOUT)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def call(self, method: str, path: str, **options: Any) -> http.Response:
        """Make one signed call below `/services/rest`; options as for `requests.request`."""
        options.setdefault("auth", self.tba())
        timeout = options.pop("timeout", _TIMEOUT)
        url = f"{self.base_url}/services/rest{path}"
        return http.request(method, url, timeout=timeout, **options)

    def suiteql(
        self, query: str, params: list[str] | None = None, limit: int = 1000, offset: int = 0
    ) -> http.Response:
        """Run one page of a SuiteQL query."""
        body: dict[str, Any] = {"q": query, "params": params} if params else {"q": query}
        return self.call(
            "POST", "/query/v1/suiteql", json=body, headers={"Prefer": "transient"},
            params={"limit": limit, "offset": offset},
        )  # fmt: skip


@contextmanager
def running_simulator(
    scenario: str = "empty",
    size: int = 0,
    seed: int = 1,
    account_id: str = DEFAULT_ACCOUNT_ID,
    now: datetime | None = None,
    certificate: str = "ec",
    profile: str = "",
) -> Iterator[RunningSimulator]:
    """Serve an account from a thread of this process until the block ends.

    :param scenario: `demo`, `empty`, `small` or `scale`.
    :param size: transactions of `scale`.
    :param seed: decides every random choice of the scenario.
    :param account_id: as NetSuite writes it.
    :param now: aware time at which the account's clock starts; the wall clock's by default.
    :param certificate: M2M key, `ec` (fast to make) or `rsa`.
    :param profile: kind of account, a name of `netsuite_simulator.profiles`.
    :return: the running simulator.
    """
    account = SimulatedAccount(account_id, Clock(start=now), certificate)
    account.build(scenario, size, seed, profile)
    server = SimulatorServer(account)
    server.start()
    try:
        yield RunningSimulator(server)
    finally:
        server.close()
