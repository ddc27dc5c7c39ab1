from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from ...const import TRANSACTION_TYPES
from .receivables_case import DocumentsCase


class SetupCase(DocumentsCase):
    """Somebody who leads a NetSuite account through the set-up."""

    companies = 2

    def setUp(self):
        super().setUp()
        self.administrator = new_test_user(
            self.env,
            login="netsuite_setup",
            groups="base.group_system,account.group_account_manager,"
            "kolleno_netsuite.group_netsuite_administrator",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.company_ids)],
        )
        self.Setup = self.env["netsuite.setup"].with_user(self.administrator)

    def begin(self, **values):
        """Return a set-up whose account is entered."""
        setup = self.Setup.browse(self.Setup.action_start()["res_id"])
        setup.write(
            {
                "account": f"https://{self.simulator.account_id.lower()}.app.netsuite.com/app/x.nl",
                "name": "Simulator",
                "service_url": self.simulator.base_url,
                **values,
            }
        )
        setup.action_next()
        return setup

    def sign_in(self, setup):
        """Enter the credentials as a person copies them from NetSuite."""
        m2m = self.simulator.ready["m2m"]
        setup.write({"client_id": m2m["client_id"], "certificate_id": m2m["certificate_id"]})
        setup.connection_id.private_key = m2m["private_key_pem"]
        setup.action_next()

    def map_companies(self, setup, count=1):
        """Choose the first companies for the first subsidiaries, as the list does on saving."""
        rows = setup.connection_id.subsidiary_ids.sorted("internal_id")[:count]
        setup.write(
            {
                "subsidiary_ids": [
                    Command.update(row.id, {"company_id": company_id})
                    for row, company_id in zip(rows, self.company_ids, strict=False)
                ]
            }
        )

    def allow_deposits(self, connection):
        """Do what the issue of an account that cannot hold customer deposits advises."""
        issues = self.open_issues(connection, "mapping").filtered(
            lambda issue: issue.title.endswith("cannot hold customer deposits")
        )
        for issue in issues:
            _kind, internal_id, company_id = issue.key.split(":")
            mapping = connection.mapping_ids.filtered(
                lambda row, key=(int(internal_id), int(company_id)): (
                    (row.internal_id, row.company_id.id) == key and row.kind == "account"
                )
            )
            mapping.account_id.reconcile = True
        issues.action_retry()

    def up_to_preview(self, companies=1, **values):
        """Return a set-up that was led to its last step."""
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()
        setup.write(values)
        self.map_companies(setup, companies)
        setup.action_accept_suggestions()
        setup.action_next()
        self.assertEqual(setup.step, "preview")
        return setup

    def lines(self, setup):
        """Return {record type: (to create, waiting, left out)} of the preview."""
        return {
            line.record_type: (line.to_create, line.waiting, line.left_out)
            for line in setup.line_ids
            if line.total
        }

    def made(self, connection):
        """Return {record type: (booked, waiting, left out)} of what an import made."""
        counts = {}
        for record_type, state, number in self.env["netsuite.record"]._read_group(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "in", ("customer", *TRANSACTION_TYPES)),
            ],
            ["record_type", "state"],
            ["__count"],
        ):
            counts.setdefault(record_type, {})[state] = number
        return {
            record_type: (
                states.get("booked", 0),
                states.get("blocked", 0),
                states.get("ignored", 0),
            )
            for record_type, states in counts.items()
        }

    def tables(self):
        """Return {table: number of rows} of the whole database, but for the set-up itself."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT table_name FROM information_schema.tables
               WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        counts = {}
        for name in names:
            if not name.startswith(("netsuite_setup", "netsuite_call")):
                query = SQL("SELECT COUNT(*) FROM %s", SQL.identifier(name))
                ((counts[name],),) = self.env.execute_query(query)
        return counts
