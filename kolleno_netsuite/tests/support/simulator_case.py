# The spare companies stay in the database of the tests; what is prepared is committed into a
# savepoint.
# pylint: disable=invalid-commit

from contextlib import closing
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.models import BaseModel
from odoo.modules import module
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tests.common import get_db_name

from netsuite_simulator.testing import running_simulator

from .netsuite_builders import LoopbackCase, NetsuiteBuilders, open_balances
from .simulated_changes import changed_since, seen

# The simulator's subsidiaries: name, base currency, country.
SUBSIDIARIES = (
    ("Northwind Lantern Inc.", "USD", "base.us"),
    ("Northwind Lantern UK", "GBP", "base.uk"),
    ("Northwind Lantern Europe", "EUR", "base.nl"),
)
# Ids of archived companies that have a chart of accounts, in the order of SUBSIDIARIES.
_spare_companies = []


def new_company(env, name, country):
    """Return a company in dollars that has a chart of accounts."""
    company = env["res.company"].create(
        {
            "name": name,
            "currency_id": env.ref("base.USD").id,
            "country_id": env.ref(country).id,
        }
    )
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    return company


def spare_companies(number):
    """Return the ids of so many archived companies that have a chart of accounts.

    A chart takes seconds to load: once in a process, and the cases put the companies to use.
    """
    with db_connect(get_db_name()).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        for name, _currency, country in SUBSIDIARIES[len(_spare_companies) : number]:
            company = new_company(env, f"Spare for {name}", country)
            company.active = False
            env.flush_all()
            _spare_companies.append(company.id)
        cr.commit()
    return _spare_companies[:number]


def value_in(value, env):
    """Return a value whose records, also those in lists and dictionaries, are those of `env`."""
    if isinstance(value, BaseModel):
        return value.with_env(env)
    if isinstance(value, (list, tuple, set)):
        return type(value)(value_in(each, env) for each in value)
    if isinstance(value, dict):
        return {key: value_in(each, env) for key, each in value.items()}
    return value


@tagged("post_install", "-at_install")
class SimulatorCase(NetsuiteBuilders, LoopbackCase, TransactionCase):
    """A real connection to a NetSuite simulator, over HTTP, with the drivers' own commits.

    The drivers commit; the registry's test mode turns their commits into savepoints of the
    test's transaction, so each test leaves nothing behind.
    """

    scenario = "empty"
    # What kind of account it is, a name of `netsuite_simulator.profiles`.
    profile = ""
    # Subsidiaries that have a company in Odoo; the others stay unmapped.
    companies = 1

    # Each `drive` asks for every type of records, also for those of which nothing changed: for
    # tests of what is asked.
    drives_all = False
    # {connection id: what there was in NetSuite when it was read last}.
    _seen = {}

    # What `prepare` has set, by attribute.
    _prepared = {}

    @classmethod
    def setUpClass(cls):
        # Before this class opens its transaction, which would not see them.
        spare = spare_companies(cls.companies)
        super().setUpClass()
        cls.company_ids = [
            cls._company(company_id, name, currency).id
            for company_id, (name, currency, _country) in zip(spare, SUBSIDIARIES, strict=False)
        ]
        if cls.prepare is not SimulatorCase.prepare:
            cls._prepare()

    @classmethod
    def _company(cls, company_id, name, currency):
        currency = cls.env.ref(f"base.{currency}")
        currency.active = True
        company = cls.env["res.company"].browse(company_id)
        company.write({"name": name, "currency_id": currency.id, "active": True})
        return company

    def setUp(self):
        super().setUp()
        if "simulator" in vars(type(self)):
            self.enterContext(self.simulator.copied())
        else:
            self.simulator = self.enterContext(
                running_simulator(self.scenario, profile=self.profile)
            )
        if not type(self)._registry_patched:  # a case with a browser has done so
            self.registry_enter_test_mode()
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        self._open(cr)
        for name, value in self._prepared.items():
            setattr(self, name, value_in(value, self.env))

    def _open(self, cr):
        self.env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        self.env.transaction.default_env = self.env
        self.main_company = self.env["res.company"].browse(self.company_ids[0])

    # === WHAT ALL TESTS OF A CLASS BEGIN WITH === #

    def prepare(self):
        """Do what all tests of the class begin with, once for all of them.

        What is set on `self` each test has; NetSuite and Odoo are for each as they are afterwards.
        The simulator's log of calls begins behind it. What is to be patched belongs into `setUp`.
        """

    @classmethod
    def _prepare(cls):
        cls.simulator = cls.enterClassContext(running_simulator(cls.scenario, profile=cls.profile))
        if not cls._registry_patched:
            cls.registry_enter_test_mode_cls()
        case = cls()
        before = set(vars(case))
        with patch.object(module, "current_test", case), closing(cls.registry.cursor()) as cr:
            case._open(cr)
            case.prepare()
            cr.commit()
        cls._prepared = {
            name: value
            for name, value in vars(case).items()
            if name not in before and name not in ("env", "main_company")
        }
        cls.registry.clear_all_caches()

    # === CONNECTIONS === #

    def connect(self, **values):
        """Return a connection to the simulator that is signed in, mapped and out of set-up."""
        connection = self.new_connection(**values)
        connection.action_connect()
        if connection.state == "draft" and self._say_what_is_asked(connection):
            connection.action_connect()
        self.assertEqual(connection.state, "setup", connection.state_reason)
        for subsidiary, company_id in zip(
            connection.subsidiary_ids, self.company_ids, strict=False
        ):
            subsidiary.company_id = company_id
        # A company has its mappings suggested.
        connection.action_accept_suggestions()
        connection._leave_set_up()
        return connection

    def _say_what_is_asked(self, connection):
        """Answer as an administrator what nothing tells of the account; return whether any was."""
        asked = connection.fact_ids.filtered(
            lambda fact: fact.value == "unknown" and fact.key in ("one_world", "multi_currency")
        )
        switches = self.simulator.switches()
        for fact in asked:
            (fact.action_say_yes if switches[fact.key] else fact.action_say_no)()
        return bool(asked)

    def new_connection(self, **values):
        """Return a connection with the simulator's credentials that has not signed in yet."""
        m2m = self.simulator.ready["m2m"]
        return self.env["netsuite.connection"].create(
            {
                "name": "Simulator",
                "company_id": self.main_company.id,
                "account_id": self.simulator.account_id,
                "service_url": self.simulator.base_url,
                "client_id": m2m["client_id"],
                "certificate_id": m2m["certificate_id"],
                "private_key": m2m["private_key_pem"],
                # All there is, unless a test is about the start.
                "history_start": False,
                **values,
            }
        )

    def drive(self, connection):
        """Let NetSuite's last changes settle, then run the drivers until nothing is left."""
        self.later()
        streams, now = connection.stream_ids, seen(self.simulator.account)
        changed = changed_since(self._seen.get(connection.id), now)
        if changed is not None and not self.drives_all and not any(streams.mapped("last_error")):
            # Deletions are read along with anything else.
            streams = streams.filtered(lambda each: each.record_type in changed | {"customer"})
        streams.next_read_at = False
        run = connection._drive()
        self._seen = {**self._seen, connection.id: now if connection.state == "connected" else None}
        return run

    def small_pages(self, size):
        """Let NetSuite's pages have `size` rows for the rest of the test."""
        connection = type(self.env["netsuite.connection"])
        self.enterContext(patch.object(connection, "_rows_per_page", lambda _connection: size))

    # === ASSERTIONS === #

    def assert_in_step(self, connection):
        """Fail unless Odoo equals NetSuite's books, and the proof says so as well."""
        self.assert_balances(connection)
        self.env["netsuite.proof"]._prove(connection)
        different = self.env["netsuite.proof"].search(
            [("connection_id", "=", connection.id), ("state", "!=", "agrees")]
        )
        self.assertFalse(different, different.mapped("display_name"))

    def assert_balances(self, connection):
        """Fail unless Odoo equals NetSuite's own ledger for each customer and currency."""
        ledger = {}
        for row in self.simulator.ledger()["balances"]:
            # One row for each subsidiary that the customer buys from.
            key = (int(row["customer_id"]), row["currency"])
            ledger[key] = ledger.get(key, 0) + float(row["open"])
        self.env.flush_all()
        odoo = open_balances(self.env.cr, connection.id)
        for key in sorted(ledger.keys() | odoo.keys()):
            self.assertAlmostEqual(
                float(ledger.get(key, 0)),
                float(odoo.get(key, 0)),
                places=2,
                msg=f"customer {key[0]} in {key[1]}",
            )

    def record_of(self, connection, record_type, internal_id):
        """Return the `netsuite.record` of one NetSuite object."""
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "=", int(internal_id)),
            ]
        )

    def record_of_all(self, connection, record_type, internal_ids):
        """Return the `netsuite.record` rows of several NetSuite objects of one type."""
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", [int(each) for each in internal_ids]),
            ]
        )

    def open_issues(self, connection, kind=None):
        """Return the connection's open issues, of one kind or all."""
        domain = [("connection_id", "=", connection.id), ("state", "=", "open")]
        return self.env["netsuite.issue"].search(domain + ([("kind", "=", kind)] if kind else []))
