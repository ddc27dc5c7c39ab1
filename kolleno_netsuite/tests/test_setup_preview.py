from odoo.exceptions import UserError
from odoo.tests import tagged

from .setup_case import SetupCase


@tagged("post_install", "-at_install")
class TestPreview(SetupCase):
    def setUp(self):
        super().setUp()
        self.home = self.customer()
        self.abroad = self.customer("Zeeland Kaden", subsidiary=self.UK, currency=self.GBP)
        paid = self.invoice(self.home, 100, 20, tax=self.SALES_TAX)
        self.payment(self.home, 150, apply={paid: 100})
        self.credit_memo(self.home, 30)
        self.voided = self.invoice(self.home, 60)
        self.simulator.act("void", id=self.voided)
        self.foreign = self.invoice(self.abroad, 77)
        self.old = self.invoice(self.home, 10, days_ago=300)
        self.payment(self.home, 10, apply={self.old: 10}, days_ago=290)
        linked = self.invoice(self.home, 25, days_ago=300)
        self.payment(self.home, 25, apply={linked: 25}, days_ago=5)
        deposit = self.deposit(self.home, 90)
        advanced = self.invoice(self.home, 35)
        self.apply_deposit(deposit, {advanced: 35})
        self.refund(self.home, deposits={deposit: 15})
        self.journal((self.AR, 12, self.home), (self.SALES, -12))
        self.journal((self.BANK, 12), (self.SALES, -12))
        self.later()

    def imported(self, setup):
        """Import, and return what the import made."""
        setup.action_import()
        connection = setup.connection_id.with_env(self.env)
        self.drive(connection)
        return connection

    def test_preview_writes_nothing_and_equals_what_the_import_makes(self):
        setup = self.up_to_preview(companies=2)
        before = self.tables()
        setup.action_preview()
        self.assertEqual(self.tables(), before)
        previewed = self.lines(setup)
        self.assertFalse(setup.reason_ids, setup.reason_ids.mapped("name"))

        connection = self.imported(setup)

        self.assertEqual(previewed, self.made(connection))
        self.assertEqual(previewed["invoice"], (6, 0, 0))
        self.assertEqual(previewed["journalentry"], (1, 0, 0))
        self.assert_in_step(connection)
        setup.action_preview()
        self.assertEqual({line.to_create for line in setup.line_ids}, {0})

    def test_start_of_the_history_counts_what_is_linked_with_it(self):
        setup = self.up_to_preview(companies=2, history="date", history_from=self.day(100))

        connection = self.imported(setup)

        # One of the two old invoices is read for the payment that closed it.
        self.assertEqual(self.lines(setup)["invoice"], (5, 0, 0))
        self.assertEqual(self.lines(setup), self.made(connection))
        self.assert_in_step(connection)

    def test_unmapped_subsidiary_and_account_are_the_reasons_to_wait(self):
        setup = self.up_to_preview(companies=1)
        connection = setup.connection_id
        income = connection.mapping_ids.filtered(
            lambda row: row.kind in ("account", "account_type") and row.ns_type == "Income"
        )
        income.action_clear()

        setup.action_preview()

        names = setup.reason_ids.mapped("name")
        self.assertIn("Subsidiary Northwind Lantern UK is not mapped to a company", names)
        self.assertTrue([name for name in names if name.startswith("Account ")])
        self.assertIn("USD", setup.open_text)
        self.assertEqual(setup.open_elsewhere_text, "GBP 77.00")
        fix = setup.reason_ids.filtered(lambda reason: reason.kind == "mapping")[0].action_fix()
        self.assertEqual(fix["res_model"], "netsuite.mapping")
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
        issues = {issue.key: issue.record_count for issue in self.open_issues(connection)}
        reasons = {
            reason.key: reason.documents
            for reason in setup.reason_ids
            if reason.kind in ("mapping", "subsidiary")
        }
        self.assertEqual(reasons, {key: issues[key] for key in reasons})

    def test_customers_who_are_not_mirrored_are_left_out_with_their_documents(self):
        idle, busy, listed = (self.customer(name) for name in ("Idle", "Busy", "Listed"))
        for owner in (idle, busy, listed):
            paid = self.invoice(owner, 15)
            self.payment(owner, 15, apply={paid: 15})
        self.invoice(busy, 40)
        for owner in (idle, busy):
            self.simulator.act("edit", type="customer", id=owner, body={"isInactive": True})
        self.later()
        setup = self.up_to_preview(companies=1)
        self.env["netsuite.exclusion"].create(
            {"connection_id": setup.connection_id.id, "internal_id": listed}
        )

        setup.action_preview()

        previewed = self.lines(setup)
        # Idle, Listed, and the one whose subsidiary has no company.
        self.assertEqual(previewed["customer"], (2, 0, 3))
        self.assertEqual(previewed["customerpayment"][2], 2)
        connection = self.imported(setup)
        self.assertEqual(previewed, self.made(connection))

    def test_locked_period_is_a_reason_to_wait(self):
        setup = self.up_to_preview(companies=2)
        self.main_company.fiscalyear_lock_date = self.day(10)

        setup.action_preview()

        self.assertIn("are locked up to", setup.reason_ids.name)
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
        self.assertGreater(self.lines(setup)["invoice"][1], 0)

    def test_open_amounts_are_netsuites_own(self):
        setup = self.up_to_preview(companies=2)

        ledger = {}
        for row in self.simulator.ledger()["balances"]:
            ledger[row["currency"]] = ledger.get(row["currency"], 0) + float(row["open"])
        for currency, total in ledger.items():
            self.assertIn(f"{currency} {total:,.2f}", setup.open_text)

    def test_import_shows_the_overview_and_what_runs(self):
        setup = self.up_to_preview()

        action = setup.action_import()

        self.assertEqual(action["res_model"], "netsuite.connection")
        self.assertTrue(setup.connection_id.running_run_id)

    def test_refusal_while_counting_is_said_in_words(self):
        setup = self.up_to_preview()
        self.simulator.fault("permission_missing", record="previoustransactionlinelink")
        setup.action_back()
        setup.history = "date"
        setup.history_from = self.day(100)

        with self.assertRaisesRegex(UserError, "lacks the permission"):
            setup.action_next()

    # === CONTACTS, AND WHO IS IN ODOO ALREADY === #

    def test_contacts_that_nobody_gets_are_not_counted_as_to_create(self):
        excluded = self.customer("Listed")
        for first, company, body in (
            ("Ann", self.home, {}),
            ("Bo", self.home, {"isPrivate": True}),
            ("Cy", self.home, {"isInactive": True}),
            ("Di", excluded, {}),
            ("Ed", None, {}),
        ):
            self._create(
                "contact",
                firstName=first,
                lastName="Lee",
                email=f"{first}@quay.example",
                **({"company": {"id": company}} if company else {}),
                **body,
            )
        shared = self._create("contact", firstName="Flo", lastName="Lee", company={"id": self.home})
        self.simulator.act("attach", contact=shared, customer=self.abroad)
        self.later()
        setup = self.up_to_preview(companies=2)
        self.env["netsuite.exclusion"].create(
            {"connection_id": setup.connection_id.id, "internal_id": excluded}
        )

        setup.action_preview()

        self.assertEqual(self.lines(setup)["contact"], (2, 0, 4))
        connection = self.imported(setup)
        states = dict(
            self.env["netsuite.record"]._read_group(
                [("connection_id", "=", connection.id), ("record_type", "=", "contact")],
                ["state"],
                ["__count"],
            )
        )
        self.assertEqual(states, {"booked": 2, "ignored": 4})
        setup.action_preview()
        self.assertEqual(self.lines(setup)["contact"], (0, 0, 4))

    def test_contacts_are_counted_without_columns_that_the_account_does_not_have(self):
        self._create("contact", firstName="Ann", lastName="Lee", company={"id": self.home})
        self.later()
        setup = self.up_to_preview(companies=2)
        self.simulator.fault(
            "unknown_column", column="isprivate", match=r"n\.isprivate", times=None
        )

        setup.action_preview()

        self.assertEqual(self.lines(setup)["contact"], (1, 0, 0))

    def test_partner_that_would_be_linked_is_not_counted_as_to_create(self):
        setup = self.up_to_preview(companies=2)
        self.customer("Known Before", entityId="CUST-77")
        self.customer("Mistaken", entityId="CUST-88")
        Partner = self.env["res.partner"]
        known = Partner.create({"name": "Known Before", "ref": "CUST-77"})
        # The same number with another name is somebody else.
        Partner.create({"name": "Zeeland", "ref": "CUST-88"})
        self.later()

        setup.action_preview()

        line = setup.line_ids.filtered(lambda line: line.record_type == "customer")
        self.assertEqual((line.to_create, line.known, line.total), (3, 1, 4))
        partners = Partner.search_count([("parent_id", "=", False)])
        connection = self.imported(setup)
        self.assertEqual(known.netsuite_record_id.connection_id, connection)
        self.assertEqual(
            Partner.search_count([("parent_id", "=", False)]) - partners, line.to_create
        )

    def test_tax_lock_date_holds_up_documents_with_a_mapped_tax_only(self):
        setup = self.up_to_preview(companies=2)
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.main_company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        mapping = setup.connection_id.mapping_ids.filtered(
            lambda row: row.kind == "tax" and row.internal_id == self.SALES_TAX
        )
        mapping = mapping.filtered(lambda row: row.company_id == self.main_company)
        mapping.action_clear()
        self.main_company.tax_lock_date = self.day(10)
        setup.action_preview()
        self.assertEqual(self.lines(setup)["invoice"][1], 0)
        mapping.write({"tax_id": tax.id, "how": "manual"})

        setup.action_preview()

        self.assertEqual(self.lines(setup)["invoice"][1], 1)
        self.assertIn("are locked up to", setup.reason_ids.name)
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
