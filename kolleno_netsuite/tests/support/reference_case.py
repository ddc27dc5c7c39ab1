from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

SUBSIDIARIES = [
    {
        "id": "1",
        "name": "Northwind Holdings",
        "currency": "1",
        "currency_symbol": "USD",
        "country": "US",
        "iselimination": "F",
        "isinactive": "F",
    },
    {
        "id": "2",
        "name": "Northwind UK",
        "currency": "2",
        "currency_symbol": "GBP",
        "country": "GB",
        "parent": "1",
        "iselimination": "F",
        "isinactive": "F",
    },
    {
        "id": "3",
        "name": "Northwind Iberia",
        "currency": "4",
        "currency_symbol": "EUR",
        "country": "ES",
        "parent": "2",
        "iselimination": "F",
        "isinactive": "F",
    },
    {
        "id": "9",
        "name": "Northwind Elimination",
        "currency": "1",
        "currency_symbol": "USD",
        "parent": "1",
        "iselimination": "T",
        "isinactive": "F",
    },
]

CURRENCIES = [
    {"id": "1", "name": "US Dollar", "symbol": "USD", "isbasecurrency": "T", "isinactive": "F"},
    {"id": "2", "name": "British pound", "symbol": "GBP", "isbasecurrency": "F", "isinactive": "F"},
    {"id": "4", "name": "Euro", "symbol": "EUR", "isbasecurrency": "F", "isinactive": "F"},
]


def account_row(internal_id, number, name, account_type, **columns):
    """Return an account as SuiteQL answers it."""
    return {
        "id": str(internal_id),
        "acctnumber": number,
        "accountsearchdisplayname": f"{number} {name}".strip(),
        "fullname": name,
        "accttype": account_type,
        "isinactive": "F",
        "issummary": "F",
        **columns,
    }


class ReferenceCase(TransactionCase):
    """A NetSuite account whose rows have landed, and a company with the generic chart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The chart of accounts may only be loaded by somebody with the Settings right.
        cls.administrator = new_test_user(
            cls.env,
            "netsuite_administrator",
            "base.group_system,account.group_account_manager,"
            "kolleno_netsuite.group_netsuite_administrator",
        )
        cls.company = cls.new_company("Main Ledger", "USD")
        cls.connection = cls.env["netsuite.connection"].create(
            {"name": "Northwind", "account_id": "7654321", "company_id": cls.company.id}
        )
        cls.Mapping = cls.env["netsuite.mapping"]

    @classmethod
    def new_company(cls, name, currency):
        """Create a company with the generic chart, in the currency of an ISO code."""
        company = cls.env["res.company"].create({"name": name})
        cls.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.currency_id = cls.currency(currency)
        cls.administrator.company_ids = [Command.link(company.id)]
        return company

    @classmethod
    def currency(cls, name):
        return cls.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])

    @classmethod
    def land(cls, record_type, *rows):
        """Store rows as the fetch does, and book them; return the `netsuite.record` rows."""
        records = cls.env["netsuite.record"]
        for row in rows:
            internal_id = int(row["id"])
            record = records.search(
                [
                    ("connection_id", "=", cls.connection.id),
                    ("record_type", "=", record_type),
                    ("internal_id", "=", internal_id),
                ]
            )
            values = {"payload": {"row": row}, "state": "pending"}
            if record:
                record.write(values)
            else:
                record = record.create(
                    {
                        **values,
                        "connection_id": cls.connection.id,
                        "record_type": record_type,
                        "internal_id": internal_id,
                    }
                )
            records |= record
        cls.counts = cls.env["netsuite.reference"]._book(records)
        return records

    @classmethod
    def map_parent(cls):
        """Land the subsidiaries and map the topmost one to the main company."""
        cls.land("subsidiary", *SUBSIDIARIES)
        parent = cls.subsidiary(1)
        parent.company_id = cls.company
        return parent

    @classmethod
    def subsidiary(cls, internal_id):
        return cls.connection.subsidiary_ids.filtered(
            lambda subsidiary: subsidiary.internal_id == internal_id
        )

    def mapping(self, internal_id, kind="account", company=None):
        return self.Mapping.search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", kind),
                ("internal_id", "=", internal_id),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def account_type(self, code):
        return self.Mapping.search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", "account_type"),
                ("code", "=", code),
                ("company_id", "=", self.company.id),
            ]
        )

    def account(self, code, company=None):
        """Return the company's account with a number of the generic chart."""
        company = company or self.company
        Account = self.env["account.account"].with_company(company)
        return Account.search([("code", "=", code), ("company_ids", "in", company.ids)], limit=1)

    def blocked_record(self, key, kind, **values):
        """Return an invoice that waits under the issue of `key`."""
        record = self.env["netsuite.record"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "internal_id": 9000 + self.env["netsuite.record"].search_count([]),
                "state": "blocked",
                **values,
            }
        )
        self.env["netsuite.issue"]._touch(
            self.connection, kind, key, "Something is missing", records=record
        )
        return record
