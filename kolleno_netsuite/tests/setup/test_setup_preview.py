from odoo.exceptions import UserError
from odoo.tests import tagged

from ..support.preview_case import PreviewCase


@tagged("post_install", "-at_install")
class TestPreview(PreviewCase):
    """What the last step of the set-up counts, and that the import makes just that."""

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
        # Nobody asks for what lies before a lock date that is not set.
        self.assertFalse(
            [call for call in self.simulator.requests() if "0001-01-01" in call["body"]]
        )
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

    def test_deposits_wait_for_an_account_that_netsuite_does_not_tell_is_theirs(self):
        self.simulator.switches(missing_columns=["account.sspecacct"])

        setup = self.up_to_preview(companies=2)

        reason = setup.reason_ids.filtered(
            lambda each: each.name.endswith("cannot hold customer deposits")
        )
        self.assertEqual(reason.documents, 3)
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
        self.allow_deposits(connection)
        self.drive(connection)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_locked_period_is_a_reason_to_wait(self):
        setup = self.up_to_preview(companies=2)
        self.main_company.fiscalyear_lock_date = self.day(10)

        setup.action_preview()

        self.assertIn("are locked until", setup.reason_ids.name)
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
        self.assertGreater(self.lines(setup)["invoice"][1], 0)

    def test_taxes_that_the_tax_report_will_not_have_are_said_before_the_import(self):
        setup = self.up_to_preview(companies=2)
        code = setup.connection_id.mapping_ids.filtered(
            lambda row: row.kind == "tax" and row.internal_id == self.SALES_TAX
        )
        code.action_clear()
        company = setup.subsidiary_ids.filtered(lambda row: row.company_id == self.main_company)

        setup.action_preview()

        self.assertIn(f"{code[0].name} (documents: 1)", setup.tax_text)
        self.assertIn(code[0].name, company.tax_text)
        code.action_create_taxes()
        setup.action_preview()
        self.assertFalse(setup.tax_text)
        self.assertNotIn(code[0].name, company.tax_text)
        connection = self.imported(setup)
        self.assertFalse(connection.subsidiary_ids.filtered("outside_tax_report_count"))

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
