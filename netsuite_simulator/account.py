"""The simulated account: everything a request handler needs in one place."""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import Any

from netsuite_simulator.auth.credentials import Credentials
from netsuite_simulator.auth.tba import TokenAuthentication
from netsuite_simulator.auth.tokens import TokenStore
from netsuite_simulator.clock import Clock
from netsuite_simulator.faults import Faults
from netsuite_simulator.jobs import Jobs
from netsuite_simulator.ledger import Ledger
from netsuite_simulator.ledger.acts import Acts
from netsuite_simulator.limits import ConcurrencyLimit
from netsuite_simulator.pending import Pending
from netsuite_simulator.profiles import profile as switches_of_profile
from netsuite_simulator.request_log import RequestLog
from netsuite_simulator.scenarios import build, switches_of
from netsuite_simulator.store import open_store
from netsuite_simulator.suiteql.service import QueryService
from netsuite_simulator.suiteql.sqlite_functions import register
from netsuite_simulator.switches import Switches

DEFAULT_ACCOUNT_ID = "TSTDRV1234567"


class SimulatedAccount:
    """One NetSuite account on this machine.

    :param account_id: as NetSuite writes it, e.g. `1234567_SB1`.
    :param clock: the account's clock; a running one by default.
    :param certificate_kind: key of the M2M certificate, `rsa` or `ec`.
    """

    def __init__(
        self,
        account_id: str = DEFAULT_ACCOUNT_ID,
        clock: Clock | None = None,
        certificate_kind: str = "rsa",
    ) -> None:
        self.account_id = account_id
        self.clock = clock or Clock()
        self.switches = Switches()
        # What differs from the defaults in this account.
        self.own_switches: dict[str, Any] = {}
        self.store = open_store()
        self.store.on_connect(register)
        self.ledger = Ledger(self.store, self.clock, self.switches)
        self.acts = Acts(self.ledger)
        self.credentials = Credentials(certificate_kind)
        self.tokens = TokenStore(account_id, self.clock)
        self.token_authentication = TokenAuthentication(self.credentials, account_id)
        self.queries = QueryService(self.store, self.clock, self.switches)
        self.requests = RequestLog()
        self.faults = Faults()
        self.jobs = Jobs()
        self.pending = Pending(self.clock, self.ledger.books)
        # Set when the server closes; ends the waiting of faults.
        self.stopping = threading.Event()
        # Last page per query text, for the fault `page_repeated`.
        self.last_pages: dict[str, bytes] = {}
        self.limit = ConcurrencyLimit(lambda: self.switches.concurrency_limit)

    @property
    def host_label(self) -> str:
        """The account's part of NetSuite's host names."""
        return self.account_id.lower().replace("_", "-")

    def build(self, scenario: str, size: int = 0, seed: int = 0, profile: str = "") -> None:
        """Fill the books with a scenario: `demo`, `empty`, `small` or `scale`.

        :param profile: what kind of account it is; empty for the scenario's own.
        :raise ValueError: for an unknown scenario or profile.
        """
        self.own_switches = switches_of(scenario)
        if profile:
            self.own_switches |= switches_of_profile(profile)
        self.reset_switches()
        build(scenario, self.ledger, size, seed)
        # The demonstration company has the SuiteApp; elsewhere a test deploys it.
        self.switches.document_restlet = scenario == "demo"
        self.switches.payment_restlet = scenario == "demo"

    def reset_switches(self) -> None:
        """Set all switches back to those of the account's scenario and profile."""
        self.ledger.change_switches(Switches().as_dict() | self.own_switches)

    def act(self, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Do what a person does in NetSuite's screens, one act after the other.

        :param acts: each `{"act": name, …parameters}`.
        :return: the ledger's answers, in order.
        """
        results = []
        for act in acts:
            parameters = {name: value for name, value in act.items() if name != "act"}
            results.append(self.acts.perform(str(act["act"]), parameters))
        return results

    def copy(self) -> SimulatedAccount:
        """Return an account of its own with the same books, people, settings and tokens.

        Nobody has asked it anything yet, and no fault is set.
        """
        copy = SimulatedAccount(
            self.account_id, self.clock.copy(), self.credentials.certificate_kind
        )
        self.store.copy_into(copy.store)
        copy.ledger.books.forget()
        vars(copy.switches).update(vars(self.switches))
        copy.own_switches = dict(self.own_switches)
        vars(copy.credentials).update(deepcopy(vars(self.credentials)))
        copy.tokens.take_over(self.tokens)
        return copy

    def close(self) -> None:
        """Close the books."""
        self.store.close()
